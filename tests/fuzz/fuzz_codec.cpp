// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/records/compression.h"
#include "tests/fuzz/entries.h"

namespace weir::fuzz {

namespace {

using namespace weir::records;

constexpr unsigned kCompressBit = 0x80;
constexpr std::size_t kLimit = std::size_t{1} << 20;

void checkThereAndBack(Codec& codec, Compression with, CompressionLevel level, ByteView plain) {
    Bytes packed;
    codec.compress(with, level, plain, packed);
    Bytes scratch;
    const auto back = codec.decompress(with, packed, scratch, plain.size());
    WEIR_ASSERT(back.ok() && std::ranges::equal(*back, plain));
}

}  // namespace

bool codec(ByteView input) {
    if (input.empty()) {
        return false;
    }
    const auto mode = std::to_integer<unsigned>(input.front());
    const auto with = static_cast<Compression>(1 + mode % 4);
    const ByteView rest = input.subspan(1);
    Codec codec;
    if ((mode & kCompressBit) != 0) {
        checkThereAndBack(codec, with, static_cast<int>(mode >> 2) % 10, rest);
        return true;
    }
    Bytes scratch;
    const auto plain = codec.decompress(with, rest, scratch, kLimit);
    WEIR_ASSERT(scratch.size() <= kLimit + 1);
    if (!plain) {
        return false;
    }
    WEIR_ASSERT(plain->size() <= kLimit);
    // Once more with exactly the room it needs, and one byte less: the same, and too large.
    const Bytes first = toBytes(*plain);
    const auto again = codec.decompress(with, rest, scratch, first.size());
    WEIR_ASSERT(again.ok() && std::ranges::equal(*again, first));
    if (!first.empty()) {
        Bytes fresh;
        const auto less = codec.decompress(with, rest, fresh, first.size() - 1);
        WEIR_ASSERT(!less.ok());
    }
    checkThereAndBack(codec, with, {}, first);
    return true;
}

}  // namespace weir::fuzz
