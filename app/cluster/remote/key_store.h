// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

namespace weir::app {

/// What a store of Java's holds: everything in DER.
struct KeyStore {
    /// Certificates that are trusted.
    std::vector<Bytes> trusted;
    /// The first key that could be decrypted, as PKCS#8, and its certificates, its own first; empty: there is none.
    Bytes privateKey;
    std::vector<Bytes> chain;
    /// A key in it opens with another password than the store's; who wants certificates only does not mind.
    bool hasLockedKey = false;
};

/// JKS (Java's own format, until Java 8 the default) and PKCS#12 (the default since Java 9, and OpenSSL's). Told by
/// their first bytes; false for PEM.
[[nodiscard]] bool isKeyStore(ByteView content);

/// What is in it, or a sentence about why it cannot be read. A key is taken where it has the password of its store, as
/// keytool makes it. JKS without a password: certificates only, and nothing proves that they are whole.
[[nodiscard]] Result<KeyStore, std::string> readKeyStore(ByteView content, const std::string& password);

}  // namespace weir::app
