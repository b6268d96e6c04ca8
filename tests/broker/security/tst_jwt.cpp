// SPDX-License-Identifier: GPL-3.0-or-later
// Bearer tokens by every algorithm with a public key, and what an attacker makes of them.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <QTest>

#include "broker/security/jwt.h"
#include "tests/support/manual_clock.h"

using namespace weir;
using namespace weir::security;

namespace {

using KeyPtr = std::shared_ptr<EVP_PKEY>;

QByteArray url64(const QByteArray& bytes) {
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray number(EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* value = nullptr;
    WEIR_ASSERT(EVP_PKEY_get_bn_param(key, name, &value) == 1);
    QByteArray bytes(size == 0 ? BN_num_bytes(value) : size, '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(value);
    return bytes;
}

/// JSON is written with single quotes here.
QByteArray json(QByteArray text) {
    return text.replace('\'', '"');
}

/// A key pair, its public half as a JSON Web Key, and signatures as JOSE has them.
struct Signer {
    KeyPtr key;
    QByteArray id;
    /// Bytes of a coordinate; 0 for RSA.
    int size = 0;

    static Signer rsa() { return {KeyPtr(EVP_RSA_gen(2048), &EVP_PKEY_free), "rsa", 0}; }
    static Signer curve(const char* name, int size) { return {KeyPtr(EVP_EC_gen(name), &EVP_PKEY_free), name, size}; }

    [[nodiscard]] QByteArray publicKey(const QByteArray& more = {}) const {
        const QByteArray what = size == 0 ? "'kty':'RSA','n':'" + url64(number(key.get(), OSSL_PKEY_PARAM_RSA_N)) +
                                                "','e':'" + url64(number(key.get(), OSSL_PKEY_PARAM_RSA_E)) + "'"
                                          : "'kty':'EC','crv':'" + id + "','x':'" +
                                                url64(number(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, size)) + "','y':'" +
                                                url64(number(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, size)) + "'";
        return json("{'kid':'" + id + "'," + what + more + '}');
    }
    [[nodiscard]] QByteArray derSign(const QByteArray& text, const EVP_MD* digest, bool pss = false) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* settings = nullptr;
        WEIR_ASSERT(EVP_DigestSignInit(context, &settings, digest, nullptr, key.get()) == 1);
        if (pss) {
            EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST);
        }
        std::size_t length = 1024;
        QByteArray made(static_cast<int>(length), '\0');
        const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
        WEIR_ASSERT(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(made.data()), &length, bytes,
                                   static_cast<std::size_t>(text.size())) == 1);
        EVP_MD_CTX_free(context);
        made.truncate(static_cast<int>(length));
        return made;
    }
    [[nodiscard]] QByteArray sign(const QByteArray& text, const EVP_MD* digest, bool pss = false) const {
        const QByteArray der = derSign(text, digest, pss);
        if (size == 0) {
            return der;
        }
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, der.size());
        QByteArray joined(2 * size, '\0');
        auto* into = reinterpret_cast<unsigned char*>(joined.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), into, size);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), into + size, size);
        ECDSA_SIG_free(pair);
        return joined;
    }
};

const QByteArray kClaims = json("{'sub':'alice','iat':1700000000,'exp':1700000600}");

QByteArray unsignedToken(const QByteArray& algorithm, const QByteArray& keyId, const QByteArray& more = {}) {
    QByteArray header = "{'alg':'" + algorithm + "'";
    if (!keyId.isEmpty()) {
        header += ",'kid':'" + keyId + "'";
    }
    return url64(json(header + more + '}')) + '.' + url64(kClaims);
}

}  // namespace

class TestJwt : public QObject {
    Q_OBJECT

    const Signer m_rsa = Signer::rsa();
    const Signer m_small = Signer::curve("P-256", 32);
    const Signer m_middle = Signer::curve("P-384", 48);
    const Signer m_large = Signer::curve("P-521", 66);
    weir::testing::ManualClock m_clock;
    QByteArray m_keys;

    [[nodiscard]] std::string judge(const QByteArray& token) {
        JwtSettings settings;
        settings.keySetFile = "keys";
        JwtVerifier verifier(
            settings, [this](const std::string&) { return m_keys.toStdString(); }, m_clock);
        WEIR_ASSERT(verifier.load());
        const auto verdict = verifier.verify(std::string_view(token.data(), static_cast<std::size_t>(token.size())));
        return verdict ? verdict->subject : verdict.error().message;
    }
    [[nodiscard]] std::string judge(const QByteArray& text, const QByteArray& signature) {
        return judge(text + '.' + url64(signature));
    }
    void know(const QList<QByteArray>& keys) { m_keys = json("{'keys':[" + keys.join(',') + "]}"); }
    const std::string m_refused = "the token is not signed by a known key";

private slots:
    void init() {
        m_clock.jumpWallTo(1'700'000'001'000);
        know({m_rsa.publicKey(), m_small.publicKey(), m_middle.publicKey(), m_large.publicKey()});
    }

    /// RFC 7515, appendix A.3.
    void theCurvesSignatureIsAsTheRfcHasIt() {
        const auto keys =
            KeySet::parse(json("{'keys':[{'kty':'EC','crv':'P-256','x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',"
                               "'y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'}]}")
                              .toStdString());
        QVERIFY(keys);
        QCOMPARE(keys->size(), std::size_t{1});
        const std::string text =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
            "Ijp0cnVlfQ";
        const QByteArray signature = QByteArray::fromBase64(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            QByteArray::Base64UrlEncoding);
        QVERIFY(keys->verifies("ES256", "", text, signature.toStdString()));
        QVERIFY(!keys->verifies("ES384", "", text, signature.toStdString()));
        QVERIFY(!keys->verifies("ES256", "", text + "x", signature.toStdString()));
    }

    void everyAlgorithmWithAPublicKeyGetsIn() {
        const auto rsa = [&](const char* name, const EVP_MD* digest, bool pss) {
            const QByteArray text = unsignedToken(name, "rsa");
            return judge(text, m_rsa.sign(text, digest, pss));
        };
        QCOMPARE(rsa("RS256", EVP_sha256(), false), std::string("alice"));
        QCOMPARE(rsa("RS384", EVP_sha384(), false), std::string("alice"));
        QCOMPARE(rsa("RS512", EVP_sha512(), false), std::string("alice"));
        QCOMPARE(rsa("PS256", EVP_sha256(), true), std::string("alice"));
        QCOMPARE(rsa("PS384", EVP_sha384(), true), std::string("alice"));
        QCOMPARE(rsa("PS512", EVP_sha512(), true), std::string("alice"));
        // One padding is not the other.
        QCOMPARE(rsa("PS256", EVP_sha256(), false), m_refused);
        QCOMPARE(rsa("RS256", EVP_sha256(), true), m_refused);
        QCOMPARE(rsa("RS512", EVP_sha256(), false), m_refused);
        const auto curve = [&](const char* name, const Signer& signer, const EVP_MD* digest, const QByteArray& id) {
            const QByteArray text = unsignedToken(name, id);
            return judge(text, signer.sign(text, digest));
        };
        QCOMPARE(curve("ES256", m_small, EVP_sha256(), "P-256"), std::string("alice"));
        QCOMPARE(curve("ES256", m_small, EVP_sha256(), ""), std::string("alice"));
        QCOMPARE(curve("ES384", m_middle, EVP_sha384(), "P-384"), std::string("alice"));
        QCOMPARE(curve("ES512", m_large, EVP_sha512(), "P-521"), std::string("alice"));
    }

    void aCurveSignsOnlyWithItsOwnHashAndLength() {
        const QByteArray text = unsignedToken("ES256", "");
        // Another curve under the name of this one.
        QCOMPARE(judge(text, m_middle.sign(text, EVP_sha256())), m_refused);
        QCOMPARE(judge(text, m_small.sign(text, EVP_sha384())), m_refused);
        QCOMPARE(judge(text, m_small.derSign(text, EVP_sha256())), m_refused);
        const QByteArray good = m_small.sign(text, EVP_sha256());
        QCOMPARE(judge(text, good), std::string("alice"));
        for (const QByteArray& bad : {good.left(63), good + '\0', '\0' + good, good + good, good.left(32), QByteArray(),
                                      QByteArray(64, '\0'), QByteArray(64, '\xff'), good.mid(32) + good.left(32)}) {
            QCOMPARE(judge(text, bad), m_refused);
        }
        for (int bit = 0; bit < 64 * 8; bit += 37) {
            QByteArray flipped = good;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            QCOMPARE(judge(text, flipped), m_refused);
        }
        // A point that is not on its curve is no key.
        const QByteArray x = url64(number(m_small.key.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32));
        know({"{'kty':'EC','crv':'P-256','x':'" + x + "','y':'" + x + "'}", m_rsa.publicKey()});
        QCOMPARE(judge(text, good), m_refused);
        QCOMPARE(KeySet::parse(m_keys.toStdString())->size(), std::size_t{1});
    }

    void noAlgorithmIsTakenForAnother() {
        // The secret of HS256 would be what everybody knows.
        const QByteArray secret = number(m_rsa.key.get(), OSSL_PKEY_PARAM_RSA_N);
        for (const QByteArray& key : {secret, m_rsa.publicKey(), m_keys, QByteArray()}) {
            const QByteArray text = unsignedToken("HS256", "rsa");
            QByteArray mac(32, '\0');
            unsigned int length = 0;
            HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                 reinterpret_cast<const unsigned char*>(text.data()), static_cast<std::size_t>(text.size()),
                 reinterpret_cast<unsigned char*>(mac.data()), &length);
            QCOMPARE(judge(text, mac), m_refused);
        }
        for (const char* name : {"none", "None", "NONE", "", "rs256", "RS256 ", "HS256", "ES256K", "EdDSA"}) {
            const QByteArray text = unsignedToken(name, "rsa");
            QCOMPARE(judge(text, QByteArray()), m_refused);
            QCOMPARE(judge(text, m_rsa.sign(text, EVP_sha256())), m_refused);
        }
        // By a key of the other kind, and by the right key under a wrong id.
        const QByteArray curve = unsignedToken("RS256", "P-256");
        QCOMPARE(judge(curve, m_small.sign(curve, EVP_sha256())), m_refused);
        QCOMPARE(judge(curve, m_rsa.sign(curve, EVP_sha256())), m_refused);
        const QByteArray rsa = unsignedToken("ES256", "rsa");
        QCOMPARE(judge(rsa, m_small.sign(rsa, EVP_sha256())), m_refused);
        const QByteArray critical = unsignedToken("ES256", "P-256", ",'crit':['b64'],'b64':false");
        QCOMPARE(judge(critical, m_small.sign(critical, EVP_sha256())),
                 std::string("the token asks for more than is known here"));
    }

    void aKeyServesOnlyWhatItIsFor() {
        const QByteArray text = unsignedToken("ES256", "P-256");
        const QByteArray signature = m_small.sign(text, EVP_sha256());
        const auto with = [&](const QByteArray& more) {
            know({m_small.publicKey(more), m_rsa.publicKey()});
            return judge(text, signature);
        };
        QCOMPARE(with(",'use':'sig'"), std::string("alice"));
        QCOMPARE(with(",'use':'sig','alg':'ES256'"), std::string("alice"));
        QCOMPARE(with(",'use':'enc'"), m_refused);
        QCOMPARE(with(",'alg':'ES384'"), m_refused);
        const QByteArray longer = unsignedToken("RS512", "rsa");
        know({m_rsa.publicKey(",'alg':'RS256'")});
        QCOMPARE(judge(longer, m_rsa.sign(longer, EVP_sha512())), m_refused);
    }
};

QTEST_APPLESS_MAIN(TestJwt)
#include "tst_jwt.moc"
