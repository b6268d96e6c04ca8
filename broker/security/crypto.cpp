// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "broker/base/assert.h"

namespace weir::security {

namespace {

const EVP_MD* mdOf(Digest digest) {
    return digest == Digest::kSha256 ? EVP_sha256() : EVP_sha512();
}

const unsigned char* raw(ByteView view) {
    return reinterpret_cast<const unsigned char*>(view.data());
}

int digitOf(char c, bool url) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == (url ? '-' : '+')) {
        return 62;
    }
    return c == (url ? '_' : '/') ? 63 : -1;
}

std::optional<Bytes> decode(std::string_view digits, bool url) {
    if (digits.size() % 4 == 1) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(digits.size() * 3 / 4);
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : digits) {
        const int digit = digitOf(c, url);
        if (digit < 0) {
            return std::nullopt;
        }
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes.push_back(static_cast<std::byte>(bits >> have & 0xff));
        }
    }
    return bytes;
}

}  // namespace

Bytes hash(Digest digest, ByteView data) {
    Bytes result(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    const int done = EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(result.data()), &size,
                                mdOf(digest), nullptr);
    WEIR_ASSERT(done == 1);
    result.resize(size);
    return result;
}

Bytes hmac(Digest digest, ByteView key, ByteView data) {
    // OpenSSL takes a null key for "the last one".
    static constexpr unsigned char kNoKey = 0;
    Bytes result(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    const auto* done = HMAC(mdOf(digest), key.empty() ? &kNoKey : raw(key), static_cast<int>(key.size()), raw(data),
                            data.size(), reinterpret_cast<unsigned char*>(result.data()), &size);
    WEIR_ASSERT(done != nullptr);
    result.resize(size);
    return result;
}

Bytes stretch(Digest digest, std::string_view password, ByteView salt, std::int32_t iterations) {
    Bytes result(static_cast<std::size_t>(EVP_MD_get_size(mdOf(digest))));
    const int done = PKCS5_PBKDF2_HMAC(
        password.data(), static_cast<int>(password.size()), raw(salt), static_cast<int>(salt.size()), iterations,
        mdOf(digest), static_cast<int>(result.size()), reinterpret_cast<unsigned char*>(result.data()));
    WEIR_ASSERT(done == 1);
    return result;
}

bool isSame(ByteView a, ByteView b) {
    return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string toBase64(ByteView bytes) {
    std::string text((bytes.size() + 2) / 3 * 4, '\0');
    if (!bytes.empty()) {
        // One more byte than asked for is written: the end of the string, where there is a zero already.
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), raw(bytes), static_cast<int>(bytes.size()));
    }
    return text;
}

std::optional<Bytes> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    return decode(text, false);
}

std::optional<Bytes> fromBase64Url(std::string_view text) {
    return decode(text, true);
}

Bytes randomBytes(Random& random, std::size_t count) {
    Bytes bytes(count);
    for (std::size_t at = 0; at < count; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = random.next();
        std::memcpy(bytes.data() + at, &word, std::min(sizeof word, count - at));
    }
    return bytes;
}

}  // namespace weir::security
