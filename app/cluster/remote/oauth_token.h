// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "app/cluster/remote/wire_socket.h"

namespace weir::app {

/// The token of a connection that logs in with OAUTHBEARER: the one that was given, or one that is fetched with the
/// client's id and secret (RFC 6749 section 4.4, as Kafka's sasl.oauthbearer.token.endpoint.url) and fetched again
/// before it expires. Thread safe; a fetch holds up the others who want the same token.
class OAuthToken {
public:
    explicit OAuthToken(const RemoteOptions& options) : m_options(options) {}

    /// An error is of the stage kLogin and says in words what the server of tokens answered.
    [[nodiscard]] LinkResult<std::string> get(const WireStop& stop);
    /// What a broker refused is not offered again.
    void forget();

private:
    [[nodiscard]] LinkResult<std::string> fetch(const WireStop& stop);

    const RemoteOptions& m_options;
    std::mutex m_mutex;
    std::string m_token;
    std::chrono::steady_clock::time_point m_renewAt;
};

}  // namespace weir::app
