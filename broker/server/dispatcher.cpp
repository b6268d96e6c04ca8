// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/dispatcher.h"

#include <spdlog/fmt/fmt.h>

#include <exception>
#include <utility>

#include "broker/protocol/headers.h"
#include "broker/server/handlers/api_versions.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/login.h"
#include "broker/telemetry/client_telemetry.h"

namespace weir::server {

void Dispatcher::onOpened(const std::shared_ptr<Peer>& peer,
                          const std::shared_ptr<const security::ListenerSecurity>& listener) {
    if (listener && listener->sasl) {
        peer->setLogin(std::make_shared<Login>(listener));
        peer->setFrameRule({listener->sasl->maxReceive, Peer::kSmallestRequest});
    }
}

void Dispatcher::onFrame(const std::shared_ptr<Peer>& peer, ByteView frame, Responder responder) {
    if (Login* login = peer->login(); login != nullptr && login->take(*m_services, peer, frame, responder)) {
        return;
    }
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
    Call call{
        prefix->apiKey, prefix->apiVersion, prefix->correlationId, header->header.clientId.value_or(""), header->body,
        peer,           m_services,         frame.size()};
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
    const bool isMeasured = !m_services->quotas->isEmpty();
    if (isMeasured) {
        peer->setHandlingSince(m_services->clock.steadyNow());
    }
    try {
        handler.handle(*m_services, std::move(call), std::move(responder));
    } catch (const std::exception& error) {
        m_services->logger.error("request with api key {} failed: {}", key, error.what());
        peer->noteError(key);
    }
    if (isMeasured) {
        peer->setHandled();
    }
}

void Dispatcher::onDisk(std::function<void()> rest) {
    m_disk.post([this, rest = std::move(rest)] {
        try {
            rest();
        } catch (const std::exception& error) {
            m_services->logger.error("a request that waited for the disk failed: {}", error.what());
        }
    });
}

void Dispatcher::onClosed(const Peer& peer) {
    if (m_services == nullptr) {
        return;
    }
    m_services->telemetry.connectionClosed(peer.id().value);
    if (m_services->shareSessions.isEmpty()) {
        return;
    }
    for (const auto& key : m_services->shareSessions.closeOf(peer.id())) {
        m_services->shares.release(key.groupId, key.memberId);
    }
}

}  // namespace weir::server
