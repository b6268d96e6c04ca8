// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"

namespace weir::app {

enum class Decoder { kJson, kText, kInt8, kInt16, kInt32, kInt64, kFloat, kDouble, kUuid, kMessagePack, kHex, kBase64 };
inline constexpr std::array kAllDecoders{Decoder::kJson,  Decoder::kText,        Decoder::kInt8,  Decoder::kInt16,
                                         Decoder::kInt32, Decoder::kInt64,       Decoder::kFloat, Decoder::kDouble,
                                         Decoder::kUuid,  Decoder::kMessagePack, Decoder::kHex,   Decoder::kBase64};

/// "JSON", "Text", "int32", …
[[nodiscard]] std::string_view decoderName(Decoder decoder);

/// What one decoder made of some bytes.
struct Decoded {
    Decoder decoder = Decoder::kHex;
    bool ok = false;
    /// The value laid out for reading; or, when not ok, why this decoder does not apply, as a sentence.
    std::string text;
    /// `text` is a JSON document.
    bool isJson = false;
};

/// Numbers are big-endian, as Kafka's own serializers write them (IntegerSerializer, LongSerializer, …). Long results
/// are cut with "…", and what is behind the cut is not read: JSON and text at 16 MiB, hexadecimal and base64 at 256 KiB
/// of input.
[[nodiscard]] Decoded decode(Decoder decoder, ByteView bytes);

/// The decoder that most likely wrote these bytes. Never fails: hexadecimal fits everything.
[[nodiscard]] Decoder guessDecoder(ByteView bytes);
[[nodiscard]] Decoded decodeBest(ByteView bytes);

/// Every decoder's result: the guess first, then those that apply, then those that do not with their reasons.
[[nodiscard]] std::vector<Decoded> decodeAll(ByteView bytes);

[[nodiscard]] std::string toBase64(ByteView bytes);
/// Standard alphabet with padding; nothing when it is not base64.
[[nodiscard]] bool fromBase64(std::string_view text, Bytes& out);

}  // namespace weir::app
