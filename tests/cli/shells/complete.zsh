# complete.zsh SCRIPT WORD…: prints what the script completes of the last word.
#
# zsh completes only in its line editor, hence the terminal and the shell in it, which reads .zshrc of this folder.
zmodload zsh/zpty
export SCRIPT=$1 ZDOTDIR=${0:A:h} MATCHES=$(mktemp) TERM=dumb
shift
export LINE="$*"
zpty editor zsh -d -i
while zpty -r editor shown; do :; done
cat $MATCHES
rm -f $MATCHES
