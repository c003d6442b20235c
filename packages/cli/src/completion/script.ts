/** Shells that {@link completionScript} knows. */
export type CompletionShell = "bash" | "zsh" | "fish";

/**
 * The script that a shell loads to complete `kinko`.
 *
 * Own scripts instead of those of @bomb.sh/tab: its bash script evaluates the words that were typed
 * and expands the candidates, so a secret named `$(…)` would run as a command in the shell of
 * whoever presses the tabulator. These never evaluate anything.
 */
export function completionScript(shell: CompletionShell): string {
  return { bash, zsh, fish }[shell];
}

// bash replaces only what follows the last of the characters @ : = in a word.
const bash = `# bash completion for kinko
_kinko() {
    local line="\${COMP_LINE:0:COMP_POINT}" current head candidate
    local -a typed=()
    COMPREPLY=()
    read -r -a typed <<< "$line"
    [[ $line == *[[:space:]] ]] && typed+=("")
    current="\${typed[\${#typed[@]}-1]}"
    head="\${current%"\${current##*[@:=]}"}"
    while IFS= read -r candidate; do
        candidate="\${candidate%%$'\\t'*}"
        if [[ $candidate == ":files" ]]; then
            compopt -o default 2>/dev/null
            return
        fi
        [[ $candidate == "$current"* ]] || continue
        [[ $candidate == */ || $candidate == *= ]] && compopt -o nospace 2>/dev/null
        COMPREPLY+=("$(printf '%q' "\${candidate#"$head"}")")
    done < <(command kinko complete -- "\${typed[@]:1}" 2>/dev/null)
}
complete -F _kinko kinko
`;

const zsh = `#compdef kinko
_kinko() {
    local line value
    local -a values shown open
    while IFS= read -r line; do
        if [[ $line == ":files" ]]; then
            _files
            return
        fi
        value="\${line%%$'\\t'*}"
        if [[ $value == */ || $value == *= ]]; then
            open+=("$value")
        else
            values+=("$value")
            shown+=("\${line/$'\\t'/  -- }")
        fi
    done < <(command kinko complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( \${#open} )) && compadd -S '' -a open
    (( \${#values} )) && compadd -l -d shown -a values
}
if [[ "\${funcstack[1]}" == "_kinko" ]]; then
    _kinko "$@"
else
    compdef _kinko kinko
fi
`;

const fish = `# fish completion for kinko
function __kinko_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command kinko complete -- $typed[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = ":files"
        __fish_complete_path "$current"
    else
        printf '%s\\n' $lines
    end
end
complete -c kinko -e
complete -c kinko -f -a '(__kinko_complete)'
`;
