// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/key_store.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace weir::app {

namespace {

constexpr std::uint32_t kJks = 0xFEEDFEEDU;
constexpr std::uint32_t kJceks = 0xCECECECEU;
constexpr std::byte kDerSequence{0x30};
constexpr std::size_t kSha = SHA_DIGEST_LENGTH;

template <auto* free>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Pkcs12 = std::unique_ptr<PKCS12, Free<PKCS12_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using EncryptedKey = std::unique_ptr<X509_SIG, Free<X509_SIG_free>>;

void freeStack(STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}
using Certificates = std::unique_ptr<STACK_OF(X509), Free<freeStack>>;

std::uint32_t magicOf(ByteView content) {
    return content.size() < 4 ? 0 : loadBigEndian<std::uint32_t>(content.data());
}

const unsigned char* raw(const Bytes& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// As Java takes a password: UTF-16, most significant byte first. Beyond ASCII the bytes are taken as Latin-1.
Bytes javaPassword(const std::string& password) {
    Bytes bytes;
    for (const char each : password) {
        bytes.push_back(std::byte{0});
        bytes.push_back(static_cast<std::byte>(each));
    }
    return bytes;
}

Bytes sha1(std::initializer_list<ByteView> parts) {
    Bytes all;
    for (const ByteView part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    Bytes digest(kSha);
    SHA1(raw(all), all.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

template <class T>
Bytes derOf(T* object, int (*write)(const T*, unsigned char**)) {
    unsigned char* made = nullptr;
    const int size = write(object, &made);
    Bytes bytes;
    if (size > 0) {
        bytes.assign(reinterpret_cast<const std::byte*>(made), reinterpret_cast<const std::byte*>(made) + size);
        OPENSSL_free(made);
    }
    return bytes;
}

Bytes derOfKey(EVP_PKEY* key) {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free<PKCS8_PRIV_KEY_INFO_free>> info(EVP_PKEY2PKCS8(key));
    return info ? derOf<PKCS8_PRIV_KEY_INFO>(info.get(), i2d_PKCS8_PRIV_KEY_INFO) : Bytes();
}

// Sun's own protection of keys (KeyProtector): 20 bytes of salt, the key combined with a stream of digests of password
// and what came before, and a digest of password and key as a check.
std::optional<Bytes> unprotect(ByteView protectedKey, const std::string& password) {
    if (protectedKey.size() <= 2 * kSha) {
        return std::nullopt;
    }
    const Bytes secret = javaPassword(password);
    const ByteView salt = protectedKey.first(kSha);
    const ByteView check = protectedKey.last(kSha);
    Bytes key(protectedKey.begin() + kSha, protectedKey.end() - static_cast<std::ptrdiff_t>(kSha));
    Bytes stream(salt.begin(), salt.end());
    for (std::size_t at = 0; at < key.size(); ++at) {
        if (at % kSha == 0) {
            stream = sha1({secret, stream});
        }
        key[at] ^= stream[at % kSha];
    }
    const Bytes expected = sha1({secret, key});
    return std::equal(expected.begin(), expected.end(), check.begin()) ? std::optional(key) : std::nullopt;
}

/// The fields of a JKS store; everything empty and `ok` false once something does not fit.
class JksBytes {
public:
    explicit JksBytes(ByteView bytes) : m_left(bytes) {}
    [[nodiscard]] bool ok() const { return m_ok; }
    template <class Int>
    Int number() {
        const ByteView from = take(sizeof(Int));
        return from.empty() ? Int{} : loadBigEndian<Int>(from.data());
    }
    ByteView text() { return take(number<std::uint16_t>()); }
    ByteView block() { return take(number<std::uint32_t>()); }

private:
    ByteView take(std::size_t size) {
        if (size > m_left.size()) {
            m_ok = false;
            m_left = {};
            return {};
        }
        const ByteView taken = m_left.first(size);
        m_left = m_left.subspan(size);
        return taken;
    }
    ByteView m_left;
    bool m_ok = true;
};

Bytes copyOf(ByteView bytes) {
    return Bytes(bytes.begin(), bytes.end());
}

Result<KeyStore, std::string> readJks(ByteView content, const std::string& password) {
    constexpr std::string_view kWhitener = "Mighty Aphrodite";
    if (content.size() < kSha + 12) {
        return fail(std::string("It is cut off."));
    }
    const ByteView body = content.first(content.size() - kSha);
    const Bytes digest = sha1({javaPassword(password), asBytes(kWhitener), body});
    const bool isProven = std::equal(digest.begin(), digest.end(), content.end() - static_cast<std::ptrdiff_t>(kSha));
    if (!isProven && !password.empty()) {
        return fail(std::string("The password of the store is wrong, or the file is damaged."));
    }
    JksBytes in(body.subspan(4));
    const auto version = in.number<std::uint32_t>();
    const auto certificate = [&in, version] {
        if (version == 2) {
            in.text();
        }
        return copyOf(in.block());
    };
    KeyStore store;
    for (std::uint32_t left = in.number<std::uint32_t>(); left > 0 && in.ok(); --left) {
        constexpr std::uint32_t kKeyEntry = 1;
        constexpr std::uint32_t kTrustedEntry = 2;
        const auto kind = in.number<std::uint32_t>();
        in.text();
        in.number<std::int64_t>();
        if (kind == kTrustedEntry) {
            store.trusted.push_back(certificate());
        } else if (kind == kKeyEntry) {
            const ByteView block = in.block();
            std::vector<Bytes> chain;
            for (std::uint32_t more = in.number<std::uint32_t>(); more > 0 && in.ok(); --more) {
                chain.push_back(certificate());
            }
            const auto* at = reinterpret_cast<const unsigned char*>(block.data());
            const EncryptedKey encrypted(d2i_X509_SIG(nullptr, &at, static_cast<long>(block.size())));
            const ASN1_OCTET_STRING* octets = nullptr;
            if (encrypted) {
                X509_SIG_get0(encrypted.get(), nullptr, &octets);
            }
            const auto key = octets == nullptr
                                 ? std::nullopt
                                 : unprotect({reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(octets)),
                                              static_cast<std::size_t>(ASN1_STRING_length(octets))},
                                             password);
            store.hasLockedKey = store.hasLockedKey || !key;
            if (key && store.privateKey.empty()) {
                store.privateKey = *key;
                store.chain = std::move(chain);
            }
        } else {
            return fail(std::string("It holds an entry that is neither a key nor a certificate."));
        }
    }
    if (!in.ok()) {
        return fail(std::string("It is cut off, or no Java key store after all."));
    }
    return store;
}

Result<KeyStore, std::string> readPkcs12(ByteView content, const std::string& password) {
    const auto* at = reinterpret_cast<const unsigned char*>(content.data());
    const Pkcs12 file(d2i_PKCS12(nullptr, &at, static_cast<long>(content.size())));
    if (!file) {
        ERR_clear_error();
        return fail(std::string("It is no PKCS#12 store, or it is damaged."));
    }
    EVP_PKEY* key = nullptr;
    X509* own = nullptr;
    STACK_OF(X509)* others = nullptr;
    const bool isRead = PKCS12_parse(file.get(), password.c_str(), &key, &own, &others) == 1;
    const Key keeperOfKey(key);
    const Certificate keeperOfOwn(own);
    const Certificates keeperOfOthers(others);
    if (!isRead) {
        const unsigned long code = ERR_peek_last_error();
        const bool isOld = ERR_GET_REASON(code) == EVP_R_UNSUPPORTED_ALGORITHM || ERR_GET_LIB(code) == ERR_LIB_EVP;
        const bool isPassword =
            PKCS12_mac_present(file.get()) == 1 && PKCS12_verify_mac(file.get(), password.c_str(), -1) != 1;
        ERR_clear_error();
        return fail(std::string(isPassword ? "The password of the store is wrong."
                                : isOld ? "It is encrypted as old versions of Java did (RC2), which OpenSSL no longer "
                                          "reads: write it anew with keytool -importkeystore -deststoretype PKCS12."
                                        : "It cannot be decrypted."));
    }
    ERR_clear_error();
    KeyStore store;
    std::vector<Bytes> rest;
    for (int i = 0; i < sk_X509_num(others); ++i) {
        rest.push_back(derOf<X509>(sk_X509_value(others, i), i2d_X509));
    }
    if (key != nullptr) {
        store.privateKey = derOfKey(key);
        if (own != nullptr) {
            store.chain.push_back(derOf<X509>(own, i2d_X509));
        }
        store.chain.insert(store.chain.end(), rest.begin(), rest.end());
    }
    store.trusted = std::move(rest);
    return store;
}

}  // namespace

bool isKeyStore(ByteView content) {
    const std::uint32_t magic = magicOf(content);
    return magic == kJks || magic == kJceks || (!content.empty() && content.front() == kDerSequence);
}

Result<KeyStore, std::string> readKeyStore(ByteView content, const std::string& password) {
    switch (magicOf(content)) {
        case kJks:
            return readJks(content, password);
        case kJceks:
            return fail(
                std::string("It is a JCEKS store, a format that only Java has: keytool -importkeystore "
                            "-deststoretype PKCS12 makes one that can be read."));
        default:
            return readPkcs12(content, password);
    }
}

}  // namespace weir::app
