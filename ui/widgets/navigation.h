// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>
#include <optional>

#include "ui/backend/plots.h"
#include "ui/backend/records.h"
#include "ui/backend/replayer.h"

namespace weir::ui {

enum class PageKind {
    kOverview,
    kTopics,
    kTopic,  // subject: topic name; its messages, partitions, storage, settings
    kGroups,
    kGroup,  // subject: group id
    kTransactions,
    kAccess,
    kCluster,  // section: "folders", "quorum", "features"
    kClients,
    kPublish,
    kReplay,
    kFeeds,
    kPlot,
    kSchemas,  // section: a subject to choose
    kSettings,
    kConnections
};

/// Where to go, and what to bring along. One tab exists per kind and subject; a page that is open already is shown and
/// told through Page::open().
struct NavigationTarget {
    PageKind kind = PageKind::kOverview;
    QString subject;
    /// Part of the page, by its own name ("messages", "partitions", "config", …); empty: as it was left.
    QString section;
    std::optional<RecordQuery> query;      // kTopic: the messages to show
    std::optional<OutgoingRecord> record;  // kPublish: what to fill in; subject is the topic
    std::optional<ReplaySpec> replay;
    std::optional<PlotQuery> plot;
};

}  // namespace weir::ui

Q_DECLARE_METATYPE(weir::ui::NavigationTarget)
