// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/base/random.h"
#include "broker/catalog/rows.h"
#include "broker/storage/log_directory.h"

namespace weir::topics {

/// What to do at start so that the catalog and the folders tell the same story.
struct ReconcilePlan {
    /// What the registry will open: the catalog's topics and those taken over.
    std::vector<catalog::TopicRow> topics;
    /// Folders of topics that the catalog does not know, because it is new: to be written into it.
    std::vector<catalog::TopicRow> adopted;
    /// Of a deletion that was cut short: to be retired.
    std::vector<TopicPartition> retired;
    /// Belonging to no topic: to be moved to the quarantine.
    std::vector<TopicPartition> strays;
    /// In the catalog, but without a folder: made anew, empty.
    std::vector<TopicPartition> missing;
};

enum class UnknownFolders {
    kAdopt,      ///< The catalog is new: a Kafka broker's folder, or one whose catalog was lost.
    kQuarantine  ///< The catalog knows its topics.
};

/// Pure: touches nothing. `random` gives ids to adopted topics whose folders carry none.
ReconcilePlan reconcile(const std::vector<catalog::TopicRow>& rows,
                        const std::vector<catalog::DeletedTopicRow>& deleted,
                        const std::vector<storage::LogDirectory::Found>& folders, UnknownFolders unknown,
                        Random& random);

}  // namespace weir::topics
