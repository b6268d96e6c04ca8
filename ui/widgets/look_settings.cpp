// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/look_settings.h"

#include "ui/backend/settings.h"

namespace weir::ui {

QString nameOf(SchemeChoice choice) {
    switch (choice) {
        case SchemeChoice::kDark:
            return QStringLiteral("dark");
        case SchemeChoice::kLight:
            return QStringLiteral("light");
        case SchemeChoice::kHighContrast:
            return QStringLiteral("contrast");
        case SchemeChoice::kSystem:
            break;
    }
    return QStringLiteral("system");
}

QString nameOf(Density density) {
    switch (density) {
        case Density::kCompact:
            return QStringLiteral("compact");
        case Density::kPresenter:
            return QStringLiteral("presenter");
        case Density::kNormal:
            break;
    }
    return QStringLiteral("normal");
}

SchemeChoice schemeChoiceOf(const QString& name) {
    for (const SchemeChoice choice : {SchemeChoice::kDark, SchemeChoice::kLight, SchemeChoice::kHighContrast}) {
        if (nameOf(choice) == name) {
            return choice;
        }
    }
    return SchemeChoice::kSystem;
}

Density densityOf(const QString& name) {
    for (const Density density : {Density::kCompact, Density::kPresenter}) {
        if (nameOf(density) == name) {
            return density;
        }
    }
    return Density::kNormal;
}

void followLookSettings(Theme& theme, Settings& settings) {
    const auto apply = [&theme, &settings] {
        theme.setChoice(schemeChoiceOf(settings.value(kSchemeKey).toString()));
        theme.setDensity(densityOf(settings.value(kDensityKey).toString()));
        theme.setReduceMotion(settings.value(kReduceMotionKey, false).toBool());
    };
    apply();
    QObject::connect(&settings, &Settings::changed, &theme, [apply](const QString& key) {
        if (key.startsWith(QStringLiteral("look/"))) {
            apply();
        }
    });
}

}  // namespace weir::ui
