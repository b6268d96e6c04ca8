// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/group_words.h"

#include <QCoreApplication>
#include <QStringList>

#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Groups", text);
}

}  // namespace

QString wordOf(GroupState state) {
    switch (state) {
        case GroupState::kEmpty:
            return tr("Empty");
        case GroupState::kPreparingRebalance:
            return tr("Preparing rebalance");
        case GroupState::kCompletingRebalance:
            return tr("Completing rebalance");
        case GroupState::kStable:
            return tr("Stable");
        case GroupState::kDead:
            return tr("Dead");
        case GroupState::kAssigning:
            return tr("Assigning");
        case GroupState::kReconciling:
            return tr("Reconciling");
        case GroupState::kNotReady:
            return tr("Not ready");
        case GroupState::kUnknown:
            break;
    }
    return tr("Unknown");
}

QString wordOf(GroupType type) {
    switch (type) {
        case GroupType::kConsumer:
            return tr("Consumer");
        case GroupType::kShare:
            return tr("Share");
        case GroupType::kStreams:
            return tr("Streams");
        case GroupType::kClassic:
            break;
    }
    return tr("Classic");
}

QString meaningOf(GroupState state) {
    switch (state) {
        case GroupState::kEmpty:
            return tr("The group exists but has no members. Its offsets can be reset, and it can be deleted.");
        case GroupState::kPreparingRebalance:
            return tr("A member came or went. All members are asked to join again; nobody reads meanwhile.");
        case GroupState::kCompletingRebalance:
            return tr("All members have joined; the partitions are being shared out.");
        case GroupState::kStable:
            return tr("Every member knows its partitions and reads.");
        case GroupState::kDead:
            return tr("The group is being removed.");
        case GroupState::kAssigning:
            return tr("The broker is working out who gets which partitions.");
        case GroupState::kReconciling:
            return tr("Members are giving up and taking over partitions; the others go on reading.");
        case GroupState::kNotReady:
            return tr("Topics that the application reads or keeps its state in are missing or do not fit together.");
        case GroupState::kUnknown:
            break;
    }
    return tr("The cluster does not say.");
}

Tint tintOf(GroupState state) {
    switch (state) {
        case GroupState::kStable:
            return Tint::kOk;
        case GroupState::kPreparingRebalance:
        case GroupState::kCompletingRebalance:
        case GroupState::kAssigning:
        case GroupState::kReconciling:
        case GroupState::kNotReady:
            return Tint::kWarn;
        case GroupState::kDead:
            return Tint::kBad;
        default:
            return Tint::kTextSecondary;
    }
}

QString wordOf(Trend trend) {
    switch (trend) {
        case Trend::kGrowing:
            return tr("↗ growing");
        case Trend::kDraining:
            return tr("↘ draining");
        case Trend::kSteady:
            return tr("→ steady");
        case Trend::kUnknown:
            break;
    }
    return kNone;
}

Tint tintOf(Trend trend) {
    return trend == Trend::kGrowing ? Tint::kBadText : trend == Trend::kDraining ? Tint::kOkText : Tint::kTextSecondary;
}

QString shortList(const QStringList& names, int shown) {
    if (names.size() <= shown) {
        return names.join(QStringLiteral(", "));
    }
    return tr("%1 and %2 more").arg(names.first(shown).join(QStringLiteral(", ")), formatCount(names.size() - shown));
}

}  // namespace weir::ui
