// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/feature_words.h"

#include <QCoreApplication>
#include <array>
#include <utility>

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Features", text);
}

/// Levels of metadata.version from kFirstRelease on (Kafka's MetadataVersion).
constexpr int kFirstRelease = 7;
constexpr std::array kReleases{"3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2",
                               "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0",
                               "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0"};

}  // namespace

QString purposeOf(const std::string& feature) {
    const std::pair<const char*, const char*> known[] = {
        {"metadata.version", QT_TRANSLATE_NOOP("Features", "What brokers and controllers may write into the metadata")},
        {"kraft.version", QT_TRANSLATE_NOOP("Features", "1: voters come and go while the quorum runs (KIP-853)")},
        {"transaction.version",
         QT_TRANSLATE_NOOP("Features", "2: a new producer epoch with each transaction (KIP-890)")},
        {"group.version", QT_TRANSLATE_NOOP("Features", "1: groups that the broker assigns (KIP-848)")},
        {"share.version", QT_TRANSLATE_NOOP("Features", "1: share groups, which are queues (KIP-932)")},
        {"streams.version", QT_TRANSLATE_NOOP("Features", "1: streams groups that the broker assigns (KIP-1071)")},
        {"eligible.leader.replicas.version",
         QT_TRANSLATE_NOOP("Features", "1: remembers which replicas may lead without loss (KIP-966)")}};
    for (const auto& [name, purpose] : known) {
        if (feature == name) {
            return tr(purpose);
        }
    }
    return {};
}

QString levelText(const std::string& feature, int level) {
    const int release = level - kFirstRelease;
    if (feature == "metadata.version" && release >= 0 && release < static_cast<int>(kReleases.size())) {
        return QString::fromLatin1(kReleases.at(static_cast<std::size_t>(release)));
    }
    return QString::number(level);
}

}  // namespace weir::ui
