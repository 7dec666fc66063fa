# bash completion of courier(1); made by `courier completion bash`
_courier() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  case $previous in
    --dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  local words="sandbox setup start stop drain reload status limits metrics log account domain alias explain queue trace config generate completion version --help --version"
  case "${COMP_WORDS[*]:1:COMP_CWORD-1} " in
    'limits show '*) words='--config --dir --json --help' ;;
    'limits forget '*) words='--config --dir --json --help' ;;
    'log reopen '*) words='--config --dir --json --help' ;;
    'account add '*) words='--quota --name --uid --gid --home --maildir --options --config --dir --json --help' ;;
    'account list '*) words='--config --dir --json --help' ;;
    'account show '*) words='--config --dir --json --help' ;;
    'account set '*) words='--quota --name --uid --gid --home --maildir --options --config --dir --json --help' ;;
    'account password '*) words='--config --dir --json --help' ;;
    'account disable '*) words='--config --dir --json --help' ;;
    'account enable '*) words='--config --dir --json --help' ;;
    'account remove '*) words='--config --dir --json --help' ;;
    'domain add '*) words='--kind --config --dir --json --help' ;;
    'domain list '*) words='--config --dir --json --help' ;;
    'domain remove '*) words='--config --dir --json --help' ;;
    'alias add '*) words='--config --dir --json --help' ;;
    'alias set '*) words='--config --dir --json --help' ;;
    'alias list '*) words='--config --dir --json --help' ;;
    'alias show '*) words='--config --dir --json --help' ;;
    'alias remove '*) words='--config --dir --json --help' ;;
    'queue list '*) words='--config --dir --json --help' ;;
    'queue show '*) words='--config --dir --json --help' ;;
    'queue retry '*) words='--config --dir --json --help' ;;
    'queue hold '*) words='--config --dir --json --help' ;;
    'queue release '*) words='--config --dir --json --help' ;;
    'queue cancel '*) words='--reason --config --dir --json --help' ;;
    'config check '*) words='--config --dir --json --help' ;;
    'config show '*) words='--config --dir --json --help' ;;
    'config explain '*) words='--json --help' ;;
    'config generate '*) words='example manual --json --help' ;;
    'generate man '*) words='--json --help' ;;
    'sandbox '*) words='--dir --users --port-base --domain --dns --set --user --background --json --help' ;;
    'setup '*) words='--domain --account --host-name --prefix --set --unit-dir --remove --json --help' ;;
    'start '*) words='--config --dir --json --help' ;;
    'stop '*) words='--config --dir --json --help' ;;
    'drain '*) words='--config --dir --json --help' ;;
    'reload '*) words='--config --dir --json --help' ;;
    'status '*) words='--config --dir --json --help' ;;
    'limits '*) words='show forget --help' ;;
    'metrics '*) words='--config --dir --json --help' ;;
    'log '*) words='reopen --help' ;;
    'account '*) words='add list show set password disable enable remove --help' ;;
    'domain '*) words='add list remove --help' ;;
    'alias '*) words='add set list show remove --help' ;;
    'explain '*) words='--config --dir --json --help' ;;
    'queue '*) words='list show retry hold release cancel --help' ;;
    'trace '*) words='--config --dir --json --help' ;;
    'config '*) words='check show explain generate --help' ;;
    'generate '*) words='man --help' ;;
    'completion '*) words='bash zsh fish --json --help' ;;
    'version '*) words='--json --help' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _courier courier
