# complete.bash SCRIPT WORD…: prints what the script completes of the last word.
source "$1"
shift
[[ $(complete -p netdiag) =~ -F\ ([^ ]+) ]]
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE=$*
COMP_POINT=${#COMP_LINE}
"${BASH_REMATCH[1]}" netdiag "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
