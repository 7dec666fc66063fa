// courier: the one command of the administrator.
#include "tools/courier/command.h"

int main(int argc, char** argv) { return courier::tool::run_command_line(argc, argv); }
