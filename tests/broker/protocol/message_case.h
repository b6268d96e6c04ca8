// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/types.h"

namespace weir::protocol::test {

/// One message without its type, so that a test can walk over all of them. A check answers with what went wrong, or
/// with nothing. Each puts its bytes into memory of exactly their size, where a sanitizer sees any step outside.
struct MessageCase {
    const char* name;
    ApiKey key;
    VersionRange versions;
    std::int16_t firstFlexible;
    bool isRequest;

    /// Random messages come back equal, in as many bytes as their size said, and with the same bytes again.
    std::string (*roundTrip)(std::uint64_t seed, ApiVersion version);
    /// No strict prefix of an encoding is a message.
    std::string (*refusesEveryPrefix)(std::uint64_t seed, ApiVersion version);
    /// Damaged bytes are refused or are another message, which then round trips.
    std::string (*survivesDamage)(std::uint64_t seed, ApiVersion version);
    /// A frame is length, header and the encoded body, and its header reads back.
    std::string (*framesItself)(std::uint64_t seed, ApiVersion version);
    /// What is told of the bytes, by number, is what is told of the message: exactly the version's fields.
    std::string (*isInspectedByNumber)(std::uint64_t seed, ApiVersion version);
    /// A random message in bytes.
    Bytes (*example)(std::uint64_t seed, ApiVersion version);
    /// Whether the bytes are a message; it is gone again afterwards.
    bool (*decodes)(ByteView body, ApiVersion version);
    /// Decodes foreign bytes and encodes them again.
    Result<Bytes, ProtocolError> (*reencode)(ByteView body, ApiVersion version);
};

/// In key order, request before response.
std::vector<MessageCase> allMessageCases();

void addRecordCases(std::vector<MessageCase>& cases);
void addGroupCases(std::vector<MessageCase>& cases);
void addTopicCases(std::vector<MessageCase>& cases);
void addTransactionCases(std::vector<MessageCase>& cases);
void addSecurityCases(std::vector<MessageCase>& cases);
void addClusterCases(std::vector<MessageCase>& cases);
void addShareCases(std::vector<MessageCase>& cases);

}  // namespace weir::protocol::test
