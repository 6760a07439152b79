/**
 * Completion scripts for shells. Each asks the program for candidates, so that nothing has to be kept in step. Words are
 * passed as arguments, never through `eval`: half-typed input must not run.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Without mapfile, which macOS's bash lacks. */
const bash = `# bash completion of portfolio-orders
_portfolio_orders() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(portfolio-orders complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _portfolio_orders portfolio-orders`;

const zsh = `#compdef portfolio-orders
# zsh completion of portfolio-orders
_portfolio_orders() {
  local line
  local -a found
  for line in "\${(@f)$(portfolio-orders complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${line/$'\\t'/:}")
  done
  if (( \${#found} )); then
    _describe 'portfolio-orders' found
  else
    _files
  fi
}
if [[ \${funcstack[1]:-} == _portfolio-orders ]]; then
  _portfolio_orders "$@"
else
  compdef _portfolio_orders portfolio-orders
fi`;

const fish = `# fish completion of portfolio-orders
function __portfolio_orders
  set -l words (commandline -opc) (commandline -ct)
  portfolio-orders complete -- $words[2..] 2>/dev/null
end
complete -c portfolio-orders -f -a '(__portfolio_orders)'`;

export const COMPLETION_SCRIPTS: Record<Shell, string> = { bash, zsh, fish };
