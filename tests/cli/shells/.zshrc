# The line editor begins with the line to complete, and is left at once. Each match comes by compadd, which tells it here.
autoload -Uz compinit
compinit -D -u
eval "$(<$SCRIPT)"
compadd() {
    if [[ ${@[1,(i)(-|--)]} != *-[OAD]* ]]; then
        local -a matches
        builtin compadd -A matches "$@"
        (( $#matches )) && print -rl -- $matches >>$MATCHES
    fi
    builtin compadd "$@"
}
told() { _main_complete 2>>$MATCHES }
zle -C told complete-word told
zle-line-init() { BUFFER=$LINE CURSOR=$#LINE; zle told; exit }
zle -N zle-line-init
