// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/serdes/json_path.h"
#include "broker/base/result.h"
#include "broker/model/record.h"

namespace weir::app {

enum class MaskKind : std::uint8_t {
    kBlank,  ///< "***", 0, false: nothing is left of what was there.
    kHash,   ///< Equal stays equal: a keyed hash, which nobody can undo without the secret.
};

/// What must not leave a cluster with the records that are copied out of it.
struct MaskSpec {
    /// "value.card.number", "value.items.email", "key", "key.id", "headers.auth"; a step "*" is any name, and lists are
    /// passed through: their elements count as the list itself.
    std::vector<std::string> fields;
    MaskKind kind = MaskKind::kBlank;
    /// Of kHash.
    Bytes secret;
};

/// Takes fields out of records. JSON keeps its shape and, byte for byte, everything else; a masked value keeps its
/// type. Immutable; any number of threads.
class Masking {
public:
    /// The error is a sentence.
    static Result<Masking, std::string> make(const MaskSpec& spec);

    [[nodiscard]] bool empty() const { return m_rules.empty(); }
    /// False: what is to be masked cannot be found, because the key or value is no JSON. Such a record must not be
    /// sent; it may be changed in part.
    [[nodiscard]] bool apply(OutgoingRecord& record) const;

private:
    enum class Part : std::uint8_t { kKey, kValue, kHeader };
    struct Rule {
        Part part = Part::kValue;
        /// Of kHeader.
        std::string header;
        /// Empty: the whole.
        json::Path path;
    };
    class Walk;

    [[nodiscard]] bool applyTo(Part part, std::optional<Bytes>& bytes) const;
    /// In place of the JSON value `raw`.
    [[nodiscard]] std::string maskOf(std::string_view raw) const;
    [[nodiscard]] std::string hashOf(std::string_view text) const;

    std::vector<Rule> m_rules;
    MaskKind m_kind = MaskKind::kBlank;
    Bytes m_secret;
};

}  // namespace weir::app
