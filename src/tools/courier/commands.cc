// The commands of courier(1).
#include "tools/courier/actions.h"

namespace courier::tool {

namespace {

using Count = Argument::Count;

const Argument kAddress = {"ADDRESS", "An address, as alice@example.com"};
const Argument kDomain = {"DOMAIN", "A domain, as example.com"};
const Argument kIds = {"ID", "Queue ids, as `courier queue list` shows them", Count::Some};

std::vector<Command> life() {
  return {
      {.name = "sandbox",
       .summary = "Run a private instance for trying and testing",
       .details =
           "A complete instance as the invoking user, bound to 127.0.0.1, everything below one folder. Domain example.test with\n"
           "the accounts alice, bob and user1 ... userN, password courier-demo for all, and a self-signed certificate. Port numbers\n"
           "are the standard ones plus a base. Runs until it is interrupted. Started by root it runs as an unprivileged user.",
       .options = {{"--dir", "DIR", "Where everything lies (./courier-sandbox)"},
                   {"--users", "N", "How many accounts user1 ... userN (10)"},
                   {"--port-base", "P", "Ports are P plus the standard port (10000)"},
                   {"--domain", "DOMAIN", "The domain (example.test)"},
                   {"--dns", "ADDR@PORT", "Ask this name server"},
                   {"--set", "KEY=VALUE", "Any setting, as smtpd.max_recipients=5", true},
                   {"--user", "NAME", "Started by root: the user to run as (nobody)"},
                   {"--background", "", "Return when it serves; end it with `courier stop --dir DIR`"}},
       .example = "courier sandbox --dir /tmp/demo --users 100 --port-base 20000",
       .run = sandbox,
       .instance = false},
      {.name = "setup",
       .summary = "Make this machine a mail server, or mend what is missing",
       .details = "As root: system users and groups, folders with their owners, courier.toml, a first domain and account, a self-signed\n"
                  "certificate until a real one is there, and a systemd unit. What exists is kept: it can be run again at any time. With\n"
                  "--remove all of that goes again, but mail, accounts and settings.",
       .options = {{"--domain", "DOMAIN", "First domain (that of --account)"},
                   {"--account", "ADDRESS", "First account; its password is asked for or read from standard input"},
                   {"--host-name", "NAME", "Name the server goes by (the machine's)"},
                   {"--prefix", "DIR", "Settings, spool, state and mail below this folder, as DIR/etc/courier"},
                   {"--set", "KEY=VALUE", "Any setting for a new courier.toml", true},
                   {"--unit-dir", "DIR", "Folder of systemd's units (/etc/systemd/system where systemd runs)"},
                   {"--remove", "", "Remove everything but mail, accounts and settings"}},
       .example = "courier setup --domain example.com --account alice@example.com",
       .run = setup,
       .instance = false},
      {.name = "start",
       .summary = "Run the server in the foreground",
       .details = "What the systemd unit does; without systemd, the way to start the server from any other service manager.",
       .example = "courier start --config /etc/courier/courier.toml",
       .run = start},
      {.name = "stop",
       .summary = "End the server politely and wait until it has ended",
       .example = "courier stop --dir /tmp/demo",
       .run = stop},
      {.name = "drain",
       .summary = "End the server as stop does, but let what runs take its time",
       .details =
           "New connections are refused at once; what runs may go on for server.drain_time. For a machine whose service moves elsewhere.",
       .example = "courier drain",
       .run = stop},
      {.name = "reload",
       .summary = "Read the settings again",
       .details = "No connection is dropped. Says which changes wait for a restart. With a fault in the settings the old ones go on.",
       .example = "courier config check && courier reload",
       .run = reload},
      {.name = "status", .summary = "Show what runs and whether it serves", .example = "courier status --json", .run = status},
      {.name = "metrics",
       .summary = "Print the metrics of all processes, as Prometheus reads them",
       .example = "courier metrics",
       .run = metrics},
      {.name = "log", .summary = "The log: reopen", .example = "courier log reopen"},
      {.name = "log reopen",
       .summary = "Open the log's file again after it was moved away",
       .example = "courier log reopen",
       .run = log_reopen},
  };
}

std::vector<Command> accounts() {
  const std::vector<Option> properties = {{"--quota", "QUOTA", "Most bytes of mail, and messages if wanted: 2G or 2G,50000"},
                                          {"--name", "NAME", "The person's name"},
                                          {"--uid", "UID", "System user that owns the mail (the virtual mail user)"},
                                          {"--gid", "GID", "Its group"},
                                          {"--home", "DIR", "Home folder"},
                                          {"--maildir", "DIR", "Where the mail lies, absolute or below the home folder (Maildir)"},
                                          {"--options", "LIST", "Options, as disableimap=1,group=staff"}};
  return {
      {.name = "account", .summary = "Accounts: add, list, show, change, remove", .example = "courier account add alice@example.com"},
      {.name = "account add",
       .summary = "Add an account",
       .details = "The password is asked for on the terminal, or read as one line from standard input.",
       .arguments = {kAddress},
       .options = properties,
       .example = "courier account add alice@example.com --quota 2G",
       .run = add_account},
      {.name = "account list",
       .summary = "List accounts",
       .arguments = {{"DOMAIN", "Only accounts of this domain", Count::Optional}},
       .example = "courier account list example.com",
       .run = administer_accounts},
      {.name = "account show",
       .summary = "Show an account",
       .arguments = {kAddress},
       .example = "courier account show alice@example.com",
       .run = administer_accounts},
      {.name = "account set",
       .summary = "Change an account",
       .arguments = {kAddress},
       .options = properties,
       .example = "courier account set alice@example.com --quota 4G",
       .run = administer_accounts},
      {.name = "account password",
       .summary = "Give an account a new password",
       .details = "The password is asked for on the terminal, or read as one line from standard input.",
       .arguments = {kAddress},
       .example = "courier account password alice@example.com",
       .run = set_password},
      {.name = "account disable",
       .summary = "Refuse an account's mail and sign-in for now",
       .arguments = {kAddress},
       .example = "courier account disable alice@example.com",
       .run = administer_accounts},
      {.name = "account enable",
       .summary = "Let a disabled account work again",
       .arguments = {kAddress},
       .example = "courier account enable alice@example.com",
       .run = administer_accounts},
      {.name = "account remove",
       .summary = "Remove an account; its mail stays",
       .arguments = {kAddress},
       .example = "courier account remove alice@example.com",
       .run = administer_accounts},
      {.name = "domain", .summary = "Domains we take mail for: add, list, remove", .example = "courier domain add example.com"},
      {.name = "domain add",
       .summary = "Add a domain",
       .arguments = {kDomain},
       .options = {{"--kind", "KIND", "hosted, or relayed: accepted here and passed on (hosted)"}},
       .example = "courier domain add example.com",
       .run = administer_accounts},
      {.name = "domain list", .summary = "List domains", .example = "courier domain list", .run = administer_accounts},
      {.name = "domain remove",
       .summary = "Remove a domain that has no accounts and aliases",
       .arguments = {kDomain},
       .example = "courier domain remove example.com",
       .run = administer_accounts},
      {.name = "alias", .summary = "Aliases: add, list, show, remove", .example = "courier alias add info@example.com alice@example.com"},
      {.name = "alias add",
       .summary = "Add members to an alias",
       .arguments = {kAddress, {"MEMBER", "Address that gets the mail", Count::Some}},
       .example = "courier alias add info@example.com alice@example.com bob@example.com",
       .run = administer_accounts},
      {.name = "alias set",
       .summary = "Replace the members of an alias",
       .details = "An alias without members accepts mail and drops it. The alias @example.com gets what no account or alias of its domain\n"
                  "takes.",
       .arguments = {kAddress, {"MEMBER", "Address that gets the mail", Count::Any}},
       .example = "courier alias set info@example.com carol@example.com",
       .run = administer_accounts},
      {.name = "alias list",
       .summary = "List aliases",
       .arguments = {{"DOMAIN", "Only aliases of this domain", Count::Optional}},
       .example = "courier alias list",
       .run = administer_accounts},
      {.name = "alias show",
       .summary = "Show the members of an alias",
       .arguments = {kAddress},
       .example = "courier alias show info@example.com",
       .run = administer_accounts},
      {.name = "alias remove",
       .summary = "Remove members from an alias, or the alias",
       .arguments = {kAddress, {"MEMBER", "Address to take out; none: the whole alias", Count::Any}},
       .example = "courier alias remove info@example.com bob@example.com",
       .run = administer_accounts},
      {.name = "explain",
       .summary = "Show how an address resolves, without sending",
       .details = "Aliases, account and Maildir; for other hosts the route, the MX hosts and what TLS they must have.",
       .arguments = {kAddress},
       .example = "courier explain info@example.com",
       .run = explain},
  };
}

std::vector<Command> queue() {
  const Argument one = {"ID", "Queue id of a message, as `courier queue list` shows it"};
  return {
      {.name = "queue", .summary = "The mail queue: list, show, retry, hold, release, cancel", .example = "courier queue list"},
      {.name = "queue list", .summary = "List queued messages", .example = "courier queue list --json", .run = queue_list},
      {.name = "queue show",
       .summary = "Show a queued message: envelope, recipients, what happened so far",
       .arguments = {one},
       .example = "courier queue show m-2f-l0x3k9q1",
       .run = queue_show},
      {.name = "queue retry",
       .summary = "Try to deliver now",
       .arguments = {{"ID", "Queue ids; none: every message", Count::Any}},
       .example = "courier queue retry",
       .run = queue_change},
      {.name = "queue hold",
       .summary = "Keep messages until they are released",
       .arguments = {kIds},
       .example = "courier queue hold m-2f-l0x3k9q1",
       .run = queue_change},
      {.name = "queue release",
       .summary = "Let held messages go",
       .arguments = {kIds},
       .example = "courier queue release m-2f-l0x3k9q1",
       .run = queue_change},
      {.name = "queue cancel",
       .summary = "Give up on messages: what is not delivered yet fails",
       .details = "The sender gets a report, as for any failure. Says of each message whether it was in time: nothing had been sent.",
       .arguments = {kIds},
       .options = {{"--reason", "TEXT", "What the report says"}},
       .example = "courier queue cancel m-2f-l0x3k9q1 --reason \"sent by mistake\"",
       .run = queue_change},
      {.name = "trace",
       .summary = "Show what happened to a message, step by step",
       .details = "Also of messages that have left the queue, for as long as the queue remembers them.",
       .arguments = {one},
       .example = "courier trace m-2f-l0x3k9q1",
       .run = queue_show},
  };
}

std::vector<Command> settings_and_rest() {
  const Argument which = {"KEY", "A setting, as smtpd.max_recipients, or a table; none: all", Count::Optional};
  return {
      {.name = "config", .summary = "Settings: check, show, explain", .example = "courier config check"},
      {.name = "config check",
       .summary = "Check courier.toml and courier.d",
       .details = "Names file, line and key of every fault and what is allowed; the exit status is then 78.",
       .example = "courier config check --config /tmp/courier.toml",
       .run = config_check},
      {.name = "config show",
       .summary = "Show settings and where they were set",
       .arguments = {which},
       .example = "courier config show smtpd",
       .run = config_show},
      {.name = "config explain",
       .summary = "Say what a setting is for and what is allowed",
       .arguments = {which},
       .example = "courier config explain smtpd.max_recipients",
       .run = config_explain,
       .instance = false},
      {.name = "config generate",
       .summary = "Print the example file or the reference manual of all settings",
       .arguments = {{"WHAT", "example or manual", Count::One, {"example", "manual"}}},
       .example = "courier config generate example >courier.toml.example",
       .run = config_generate,
       .instance = false},
      {.name = "generate", .summary = "Documents made from the command's own definitions"},
      {.name = "generate man",
       .summary = "Write the manual pages of the command",
       .arguments = {{"DIR", "Folder to write them into"}},
       .example = "courier generate man docs/man",
       .run = generate_man,
       .instance = false},
      {.name = "completion",
       .summary = "Print a shell's completion script",
       .arguments = {{"SHELL", "bash, zsh or fish", Count::One, {"bash", "zsh", "fish"}}},
       .example = "courier completion bash >/etc/bash_completion.d/courier",
       .run = completion,
       .instance = false},
      {.name = "version",
       .summary = "Print the version and where this build keeps its things",
       .example = "courier version",
       .run = version,
       .instance = false},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> out;
    for (std::vector<Command> (*group)() : {life, accounts, queue, settings_and_rest}) {
      for (Command& command : group()) out.push_back(std::move(command));
    }
    return out;
  }();
  return all;
}

}  // namespace courier::tool
