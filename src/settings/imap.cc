#include "settings/imap.h"

namespace courier {

void ImapSettings::visit(SettingVisitor& v) {
  v.duration({.key = "idle_timeout",
              .help = "A session that sends nothing for this long is ended, inside IDLE too. RFC 3501 demands 30 minutes at least; an "
                      "administrator whose users' devices sleep longer raises it.",
              .min = 1800,
              .max = 86'400},
             idle_timeout);
  v.duration({.key = "write_timeout",
              .help = "How long a client may take nothing of an answer, or send nothing of a literal, before the session is ended. Raised "
                      "by administrators with users on very bad lines.",
              .min = 5,
              .max = 3600},
             write_timeout);
  v.size({.key = "max_message",
          .help = "Largest message that APPEND takes. Set by the administrator to what his SMTP listener takes, so that a sent message can "
                  "be filed.",
          .unit = "bytes",
          .min = 65'536,
          .max = 1ll << 40},
         max_message);
  v.size({.key = "max_command",
          .help = "Largest command, its literals included (not the message of APPEND). Raised when a client with enormous folders is "
                  "answered \"command too long\".",
          .unit = "bytes",
          .min = 8192,
          .max = 16 << 20},
         max_command);
  v.number({.key = "max_bad_commands",
            .help = "So many commands in a row that are none end the session. Raised while somebody tests a client of his own.",
            .unit = "commands",
            .min = 1,
            .max = 10'000},
           max_bad_commands);
  v.text({.key = "folder_prefix",
          .help = "How folders below the inbox are named. Empty: \"Sent\" (and \"INBOX.Sent\" is understood). \"INBOX.\": only "
                  "\"INBOX.Sent\", as Courier had it; chosen by who moves users whose clients are set up so.",
          .choices = {"", "INBOX."}},
         folder_prefix);
  v.flag({.key = "keywords",
          .help = "Clients may put words of their own on messages. Switched off where another program that does not know them shares the "
                  "mailboxes."},
         keywords);
}

}  // namespace courier
