// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/bytes.h"

/// What the fuzzers call with bytes of their choice, and what the corpus test calls with the bytes that are stored: any
/// input must return, and the promises that the entries check must hold. A broken promise asserts.
/// True if the input was accepted and all promises were checked, false if it was refused at some gate.
namespace weir::fuzz {

/// First byte: how to use the rest, which is a batch or records (see fuzz_record_batch.cpp). Checks the walker,
/// validator, iterator, builder and stampers against each other.
bool recordBatch(ByteView input);

/// First byte: the codec, and whether the rest is to be decompressed or compressed and back.
bool codec(ByteView input);

/// A request frame behind its length: header and body, of every API and version. What can be decoded must round trip.
bool protocolRequest(ByteView input);

/// int16 API key, int16 version, then a response frame behind its length.
bool protocolResponse(ByteView input);

/// A JSON text as the schema registry reads it. What is read is written the same again.
bool registryJson(ByteView input);

/// A request's target, a line feed, and its body, as the schema registry takes them apart.
bool registryRequest(ByteView input);

/// First byte: the language, and whether the schema is new or was stored; then a schema, 0xff, an older one, 0xff, a
/// payload. A schema stays the same when it is read again and reads what was written with it; payloads become JSON.
bool registrySchemas(ByteView input);

/// First byte: the mechanism, and whether the rest is a name and a password; else messages of a login, parted by 0xff.
/// Only the one user with the right password gets in, and no refusal tells it.
bool saslLogin(ByteView input);

/// First byte: what the rest is: a sasl.jaas.config, a JSON Web Key Set, or a bearer token.
bool securityText(ByteView input);

/// What a client sends, as a connection reads it. Bytes 0 to 3: who sends (a stranger, one whose login has small
/// frames), how large the pieces are in which it arrives, their seed, and KiB of filler behind the rest, which is the
/// stream. The frames that are handed over are those of the stream whatever the pieces are, and answers leave in order.
bool frameStream(ByteView input);

/// The same stream before a whole broker: bytes 0 to 2: the listener (open, with a login before it, with a login made),
/// how large the pieces are, and their seed. The broker ends the connection and goes on serving.
bool brokerStream(ByteView input);

}  // namespace weir::fuzz
