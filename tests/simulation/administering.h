// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "broker/protocol/error_code.h"
#include "tests/simulation/client.h"

namespace weir::simulation {

/// Makes topics of its own, changes their settings and their number of partitions, deletes them, and looks whether what
/// it was told holds, also behind crashes. A topic about which it got no good answer it leaves alone from then on: it
/// may be there or not, as before or as asked, but not in part.
class Administrator final : public Client {
public:
    using Client::Client;

private:
    struct Topic {
        /// What it may be like.
        std::set<std::int32_t> partitions;
        std::set<std::string> retentions;
        bool mayBeAbsent = false;
        bool mayBeThere = true;
        /// Nothing that was asked is open.
        bool isSettled = true;
    };

    Script<> run() override;
    Script<> make();
    Script<> change(std::string name);
    Script<> grow(std::string name);
    Script<> remove(std::string name);
    /// Until there is an answer.
    Script<> look(std::string name);
    Script<> lookAtSettings(std::string name);
    /// What an answer says of a change: true, it is done; otherwise the topic is left alone.
    bool settles(Topic& topic, const std::optional<protocol::ErrorCode>& error);
    void complainOf(const std::string& name, const std::string& what);

    std::map<std::string, Topic> m_topics;
    /// The one it works with.
    std::string m_current;
    int m_made = 0;
};

}  // namespace weir::simulation
