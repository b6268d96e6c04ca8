// SPDX-License-Identifier: GPL-3.0-or-later
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <nlohmann/json.hpp>

#include "broker/security/crypto.h"
#include "broker/security/jwt.h"

namespace weir::security {

namespace {

using Json = nlohmann::json;
using KeyPtr = std::shared_ptr<EVP_PKEY>;

std::string textOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

KeyPtr build(const char* type, OSSL_PARAM_BLD* builder) {
    EVP_PKEY* key = nullptr;
    OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
    const bool made = params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context) == 1 &&
                      EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    return made ? KeyPtr(key, &EVP_PKEY_free) : nullptr;
}

KeyPtr rsaKey(const Json& json) {
    const auto n = fromBase64Url(textOf(json, "n"));
    const auto e = fromBase64Url(textOf(json, "e"));
    constexpr std::size_t kSmallest = 256;
    if (!n || !e || n->size() < kSmallest || e->empty()) {
        return nullptr;
    }
    const auto number = [](const Bytes& bytes) {
        return BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
    };
    BIGNUM* modulus = number(*n);
    BIGNUM* exponent = number(*e);
    OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
    KeyPtr key = build("RSA", builder);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

KeyPtr curveKey(const Json& json) {
    const std::string curve = textOf(json, "crv");
    const std::size_t size = curve == "P-256" ? 32 : curve == "P-384" ? 48 : curve == "P-521" ? 66 : 0;
    const auto x = fromBase64Url(textOf(json, "x"));
    const auto y = fromBase64Url(textOf(json, "y"));
    if (size == 0 || !x || !y || x->size() != size || y->size() != size) {
        return nullptr;
    }
    // An uncompressed point: 4, x, y.
    Bytes point{std::byte{4}};
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return build("EC", builder);
}

/// JOSE puts r and s side by side; OpenSSL wants them in DER.
Bytes toDer(std::string_view signature) {
    const std::size_t half = signature.size() / 2;
    const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(raw, static_cast<int>(half), nullptr),
                   BN_bin2bn(raw + half, static_cast<int>(half), nullptr));
    unsigned char* data = nullptr;
    const int size = i2d_ECDSA_SIG(pair, &data);
    Bytes der;
    if (size > 0) {
        der = toBytes(ByteView(reinterpret_cast<const std::byte*>(data), static_cast<std::size_t>(size)));
        OPENSSL_free(data);
    }
    ECDSA_SIG_free(pair);
    return der;
}

enum class Padding { kNone, kPkcs1, kPss };

struct Algorithm {
    std::string_view name;
    /// Of the keys: "RSA", or the curve.
    std::string_view kind;
    const EVP_MD* (*digest)();
    Padding padding;
    /// Of a curve's signature; 0 for RSA.
    std::size_t signatureSize;
};
constexpr Algorithm kAlgorithms[] = {
    {"RS256", "RSA", &EVP_sha256, Padding::kPkcs1, 0},    {"RS384", "RSA", &EVP_sha384, Padding::kPkcs1, 0},
    {"RS512", "RSA", &EVP_sha512, Padding::kPkcs1, 0},    {"PS256", "RSA", &EVP_sha256, Padding::kPss, 0},
    {"PS384", "RSA", &EVP_sha384, Padding::kPss, 0},      {"PS512", "RSA", &EVP_sha512, Padding::kPss, 0},
    {"ES256", "P-256", &EVP_sha256, Padding::kNone, 64},  {"ES384", "P-384", &EVP_sha384, Padding::kNone, 96},
    {"ES512", "P-521", &EVP_sha512, Padding::kNone, 132},
};

bool checks(EVP_PKEY* key, const Algorithm& algorithm, std::string_view signedText, ByteView signature) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* settings = nullptr;  // the context's own
    bool isGood = EVP_DigestVerifyInit(context, &settings, algorithm.digest(), nullptr, key) == 1;
    if (isGood && algorithm.padding == Padding::kPss) {
        // The salt is as long as the hash (RFC 7518, section 3.5).
        isGood = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
                 EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    isGood =
        isGood && EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                                   reinterpret_cast<const unsigned char*>(signedText.data()), signedText.size()) == 1;
    EVP_MD_CTX_free(context);
    return isGood;
}

}  // namespace

std::optional<KeySet> KeySet::parse(std::string_view json) {
    const Json parsed = Json::parse(json, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("keys") || !parsed["keys"].is_array()) {
        return std::nullopt;
    }
    KeySet set;
    for (const Json& each : parsed["keys"]) {
        if (!each.is_object()) {
            continue;
        }
        const std::string use = textOf(each, "use");
        if (!use.empty() && use != "sig") {
            continue;
        }
        const std::string type = textOf(each, "kty");
        KeyPtr key = type == "RSA" ? rsaKey(each) : type == "EC" ? curveKey(each) : nullptr;
        if (key) {
            set.m_keys.push_back(
                {textOf(each, "kid"), std::move(key), type == "RSA" ? type : textOf(each, "crv"), textOf(each, "alg")});
        }
    }
    return set;
}

bool KeySet::verifies(std::string_view algorithm, std::string_view keyId, std::string_view signedText,
                      std::string_view signature) const {
    for (const Algorithm& known : kAlgorithms) {
        if (known.name != algorithm || (known.signatureSize != 0 && known.signatureSize != signature.size())) {
            continue;
        }
        const Bytes plain = known.signatureSize == 0 ? toBytes(signature) : toDer(signature);
        for (const Key& key : m_keys) {
            if (key.kind == known.kind && (key.algorithm.empty() || key.algorithm == algorithm) &&
                (keyId.empty() || key.id.empty() || key.id == keyId) &&
                checks(key.key.get(), known, signedText, plain)) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace weir::security
