// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/config_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Config", text);
}

}  // namespace

QString meaningOfConfig(const QString& name, const QString& value) {
    bool isNumber = false;
    const qint64 number = value.toLongLong(&isNumber);
    if (!isNumber) {
        return {};
    }
    const bool isTime = name.endsWith(QLatin1String(".ms"));
    const bool isBytes = name.endsWith(QLatin1String("bytes"));
    if (!isTime && !isBytes) {
        return {};
    }
    if (number == -1) {
        return tr("no limit");
    }
    if (number >= (isTime ? 100LL * 365 * 86'400'000 : 1LL << 60)) {
        return tr("never");
    }
    if (number < 1000) {
        return {};
    }
    return isTime ? formatDuration(number) : formatBytes(number);
}

QString wordedConfig(const ConfigEntry& entry) {
    if (entry.sensitive) {
        return QStringLiteral("••••••");
    }
    if (!entry.value) {
        return kNone;
    }
    const QString value = QString::fromStdString(*entry.value);
    const QString meaning = meaningOfConfig(QString::fromStdString(entry.name), value);
    if (value.isEmpty()) {
        return tr("(empty)");
    }
    return meaning.isEmpty() ? value : value + QStringLiteral(" (%1)").arg(meaning);
}

QString nameOfSource(ConfigEntry::Source source) {
    switch (source) {
        case ConfigEntry::Source::kGroup:
            return tr("This group");
        case ConfigEntry::Source::kTopic:
            return tr("This topic");
        case ConfigEntry::Source::kDynamicBroker:
            return tr("Broker, changed here");
        case ConfigEntry::Source::kDynamicDefaultBroker:
            return tr("Cluster default");
        case ConfigEntry::Source::kStaticBroker:
            return tr("Broker's file");
        case ConfigEntry::Source::kDefault:
            break;
    }
    return tr("Default");
}

QString whyNotAValue(const ConfigEntry& entry, const QString& text) {
    using Type = ConfigEntry::Type;
    const QString trimmed = text.trimmed();
    bool ok = true;
    switch (entry.type) {
        case Type::kBoolean:
            ok = trimmed == QLatin1String("true") || trimmed == QLatin1String("false");
            return ok ? QString() : tr("Only true and false are possible.");
        case Type::kInt:
        case Type::kShort:
            trimmed.toInt(&ok);
            return ok ? QString() : tr("A whole number up to 2,147,483,647 is expected.");
        case Type::kLong:
            trimmed.toLongLong(&ok);
            return ok ? QString() : tr("A whole number is expected.");
        case Type::kDouble:
            trimmed.toDouble(&ok);
            return ok ? QString() : tr("A number is expected.");
        default:
            break;
    }
    if (!entry.allowed.empty() && entry.type == Type::kString) {
        ok = std::find(entry.allowed.begin(), entry.allowed.end(), trimmed.toStdString()) != entry.allowed.end();
        return ok ? QString() : tr("This is none of the possible values.");
    }
    return {};
}

}  // namespace weir::ui
