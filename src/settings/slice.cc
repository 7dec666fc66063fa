// SettingsEncoder and SettingsDecoder: settings on their way from the supervisor to a daemon.
#include "base/codec.h"
#include "settings/setting.h"

namespace courier {

namespace {

template <class T>
void put(std::string& bytes, T& value) {
  Encoder encoder(bytes);
  encoder("", value);
}

}  // namespace

void SettingsEncoder::flag(const SettingRule&, bool& value) { put(bytes, value); }
void SettingsEncoder::number(const SettingRule&, std::int64_t& value) { put(bytes, value); }
void SettingsEncoder::size(const SettingRule&, std::int64_t& value) { put(bytes, value); }
void SettingsEncoder::duration(const SettingRule&, Duration& value) { put(bytes, value.nanoseconds); }
void SettingsEncoder::text(const SettingRule&, std::string& value) { put(bytes, value); }
void SettingsEncoder::list(const SettingRule&, std::vector<std::string>& value) { put(bytes, value); }

template <class T>
void SettingsDecoder::get(T& value) {
  if (!ok_) return;
  Decoder decoder(bytes_);
  decoder("", value);
  ok_ = decoder.ok();
  bytes_ = decoder.rest();
}

void SettingsDecoder::flag(const SettingRule&, bool& value) { get(value); }
void SettingsDecoder::number(const SettingRule&, std::int64_t& value) { get(value); }
void SettingsDecoder::size(const SettingRule&, std::int64_t& value) { get(value); }
void SettingsDecoder::duration(const SettingRule&, Duration& value) { get(value.nanoseconds); }
void SettingsDecoder::text(const SettingRule&, std::string& value) { get(value); }
void SettingsDecoder::list(const SettingRule&, std::vector<std::string>& value) { get(value); }

bool SettingsDecoder::complete() const { return ok_ && bytes_.empty(); }

}  // namespace courier
