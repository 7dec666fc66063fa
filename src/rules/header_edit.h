// What happens to a header on its way in: our own fields go in front, Return-Path (which only final delivery may add,
// RFC 5321, section 4.4) is renamed, and a submission gets what its client left out (RFC 6409, section 8).
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "rules/header.h"

namespace courier::rules {

enum class Completing { No, Yes };  // Yes: Date, Message-ID and To are added when missing

// `message` is `ahead` octets of fields of ours, then what `facts` describes.
void edit_header(std::string& message, std::size_t ahead, const HeaderFacts& facts, Completing completing, std::string_view id,
                 std::string_view host_name, WallTime now);

}  // namespace courier::rules
