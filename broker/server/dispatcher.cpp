// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/dispatcher.h"

#include <spdlog/fmt/fmt.h>

#include <exception>
#include <utility>

#include "broker/protocol/headers.h"
#include "broker/server/handlers/api_versions.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

void Dispatcher::onFrame(const std::shared_ptr<Peer>& peer, ByteView frame, Responder responder) {
    const auto prefix = protocol::decodeRequestPrefix(frame);
    if (!prefix) {
        responder.close("no Kafka request: " + prefix.error().message);
        return;
    }
    const auto key = static_cast<std::int16_t>(prefix->apiKey);
    const Handler* handler = findHandler(prefix->apiKey);
    if (handler == nullptr) {
        responder.close(fmt::format("api key {} is not served", key));
        return;
    }
    if (!handler->served.contains(prefix->apiVersion)) {
        if (prefix->apiKey == protocol::ApiKey::kApiVersions) {
            peer->noteError(key);
            sendVersionFallback(*prefix, std::move(responder));
            return;
        }
        peer->noteError(key);
        responder.close(fmt::format("api key {} is served in versions {} to {}, not {}", key, handler->served.first,
                                    handler->served.last, prefix->apiVersion.value));
        return;
    }
    auto header = protocol::decodeRequestHeader(frame);
    if (!header) {
        responder.close("a malformed request header: " + header.error().message);
        return;
    }
    Call call{prefix->apiKey,        prefix->apiVersion,
              prefix->correlationId, header->header.clientId.value_or(""),
              header->body,          peer};
    peer->noteRequest(key, call.version.value, call.clientId, Timestamp(m_services->clock.wallNowMs()));
    if (handler->waitsForDisk) {
        m_disk.post(*handler, std::move(call), std::move(responder));
    } else {
        serve(*handler, std::move(call), std::move(responder));
    }
}

void Dispatcher::serve(const Handler& handler, Call call, Responder responder) {
    // The only place where a library's exception (out of memory, a file system's) can come up: it costs the client its
    // connection and the others nothing.
    const auto peer = call.peer;
    const auto key = static_cast<std::int16_t>(call.key);
    try {
        handler.handle(*m_services, std::move(call), std::move(responder));
    } catch (const std::exception& error) {
        m_services->logger.error("request with api key {} failed: {}", key, error.what());
        peer->noteError(key);
    }
}

void Dispatcher::onClosed(const Peer& /*peer*/) {}

}  // namespace weir::server
