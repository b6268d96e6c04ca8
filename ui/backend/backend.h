// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "broker/model/capabilities.h"
#include "ui/backend/change_lock.h"
#include "ui/backend/connections.h"
#include "ui/backend/feeds.h"
#include "ui/backend/group_admin.h"
#include "ui/backend/jobs.h"
#include "ui/backend/live_feed.h"
#include "ui/backend/operations.h"
#include "ui/backend/plots.h"
#include "ui/backend/publisher.h"
#include "ui/backend/records.h"
#include "ui/backend/replayer.h"
#include "ui/backend/schemas.h"
#include "ui/backend/settings.h"
#include "ui/backend/topic_admin.h"

namespace weir::ui {

struct ClusterFacts {
    QString name;       // "This computer"
    QString bootstrap;  // "localhost:9092"
    QString clusterId;
    QString version;
    QString dataFolder;
    bool isEmbedded = true;
    bool isReadOnly = false;
    /// A folder of log files: there is nothing to connect to, and `bootstrap` is its path.
    bool isFolder = false;
    /// Of the ten series colours, which marks this cluster; -1: none, the broker inside Weir.
    int color = -1;
    Capabilities capabilities;
};

/// Everything a page may talk to, for one cluster. Owned by the composition root, outlives every page.
class Backend {
public:
    virtual ~Backend() = default;
    [[nodiscard]] virtual ClusterFacts facts() const = 0;
    virtual LiveFeed& live() = 0;
    virtual TopicAdmin& topics() = 0;
    virtual RecordBrowser& records() = 0;
    virtual GroupAdmin& groups() = 0;
    virtual Operations& operations() = 0;
    virtual Schemas& schemas() = 0;
    virtual Publisher& publisher() = 0;
    virtual Replayer& replayer() = 0;
    virtual Feeds& feeds() = 0;
    virtual Plots& plots() = 0;
    virtual Jobs& jobs() = 0;
    virtual Settings& settings() = 0;
    /// Other clusters; nullptr where there is no telling of any.
    virtual Connections* connections() { return nullptr; }
    /// nullptr where changes need no unlocking.
    virtual ChangeLock* changeLock() { return nullptr; }
};

}  // namespace weir::ui
