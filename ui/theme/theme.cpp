// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QEvent>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>
#include <QStyleHints>
#include <QToolTip>
#include <QVariant>
#include <algorithm>
#include <cmath>

#include "ui/theme/style.h"

static void initialiseResources() {
    Q_INIT_RESOURCE(weir);
}

namespace weir::ui {
namespace {

constexpr char kProperty[] = "weirTheme";

/// The desktop's own wish, from what Qt's platform theme made of it. Read before our palette hides it.
bool systemIsDark(const QPalette& palette) {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    if (QGuiApplication::styleHints()->colorScheme() != Qt::ColorScheme::Unknown) {
        return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
    }
#endif
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QPalette paletteOf(const Tokens& t) {
    QPalette p;
    const auto set = [&p](QPalette::ColorRole role, const QColor& color, const QColor& disabled) {
        p.setColor(QPalette::Active, role, color);
        p.setColor(QPalette::Inactive, role, color);
        p.setColor(QPalette::Disabled, role, disabled);
    };
    const QColor disabled = t[Tint::kTextDisabled];
    set(QPalette::Window, t[Tint::kWindow], t[Tint::kWindow]);
    set(QPalette::WindowText, t[Tint::kText], disabled);
    set(QPalette::Base, t[Tint::kPanel], t[Tint::kPanel]);
    set(QPalette::AlternateBase, blend(t[Tint::kPanel], t[Tint::kWindow], 0.5), t[Tint::kPanel]);
    set(QPalette::Text, t[Tint::kText], disabled);
    set(QPalette::PlaceholderText, t[Tint::kTextSecondary], disabled);
    set(QPalette::Button, t[Tint::kControl], t[Tint::kControl]);
    set(QPalette::ButtonText, t[Tint::kText], disabled);
    set(QPalette::BrightText, t[Tint::kBadText], disabled);
    set(QPalette::Highlight, t[Tint::kSelected], t[Tint::kHover]);
    set(QPalette::HighlightedText, t[Tint::kText], disabled);
    set(QPalette::Link, t[Tint::kAccent], disabled);
    set(QPalette::LinkVisited, t[Tint::kAccent], disabled);
    set(QPalette::ToolTipBase, t[Tint::kRaised], t[Tint::kRaised]);
    set(QPalette::ToolTipText, t[Tint::kText], disabled);
    set(QPalette::Light, t[Tint::kRaised], t[Tint::kRaised]);
    set(QPalette::Midlight, t[Tint::kLine], t[Tint::kLine]);
    set(QPalette::Mid, t[Tint::kLine], t[Tint::kLine]);
    set(QPalette::Dark, t[Tint::kOutline], t[Tint::kOutline]);
    set(QPalette::Shadow, t[Tint::kLine], t[Tint::kLine]);
    return p;
}

}  // namespace

Theme::Theme(QApplication& app) : QObject(nullptr), m_app(app) {
    initialiseResources();
    m_systemDark = systemIsDark(QGuiApplication::palette());
    m_app.setProperty(kProperty, QVariant::fromValue(static_cast<QObject*>(this)));
    loadFonts();
    m_scheme = resolve();
    QApplication::setStyle(new Style(*this));
    apply();
    m_app.installEventFilter(this);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this](Qt::ColorScheme scheme) {
        m_systemDark = scheme == Qt::ColorScheme::Dark;
        apply();
    });
#endif
}

Theme::~Theme() {
    m_app.removeEventFilter(this);
    m_app.setProperty(kProperty, {});
    // Our style points at this object; Qt deletes it when another takes its place.
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
}

Theme& Theme::of() {
    auto* theme = qobject_cast<Theme*>(qApp->property(kProperty).value<QObject*>());
    if (theme == nullptr) {
        qFatal("A widget of Weir was made before the Theme");
    }
    return *theme;
}

void Theme::setChoice(SchemeChoice choice) {
    if (m_choice != choice) {
        m_choice = choice;
        apply();
    }
}

void Theme::setDensity(Density density) {
    if (m_density != density) {
        m_density = density;
        apply();
    }
}

void Theme::setReduceMotion(bool reduce) {
    if (m_reduceMotion != reduce) {
        m_reduceMotion = reduce;
        Q_EMIT changed();
    }
}

Scheme Theme::resolve() const {
    switch (m_choice) {
        case SchemeChoice::kDark:
            return Scheme::kDark;
        case SchemeChoice::kLight:
            return Scheme::kLight;
        case SchemeChoice::kHighContrast:
            return Scheme::kHighContrast;
        case SchemeChoice::kSystem:
            break;
    }
    return m_systemDark ? Scheme::kDark : Scheme::kLight;
}

void Theme::apply() {
    m_applying = true;
    m_scheme = resolve();
    const QPalette palette = paletteOf(tokensOf(m_scheme));
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QApplication::setFont(font(FontRole::kBody));
    QToolTip::setFont(font(FontRole::kSecondary));
    m_applying = false;
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    // Before Qt 6.5 a desktop that turns dark is only seen by its palette; ours covers it, Fusion's own follows it.
    if (event->type() == QEvent::ThemeChange && !m_applying && m_choice == SchemeChoice::kSystem) {
        const std::unique_ptr<QStyle> fusion(QStyleFactory::create(QStringLiteral("Fusion")));
        const bool dark = systemIsDark(fusion->standardPalette());
        if (dark != m_systemDark) {
            m_systemDark = dark;
            apply();
        }
    }
    return QObject::eventFilter(watched, event);
}

void Theme::loadFonts() {
    const auto load = [](const QString& path) {
        const int id = QFontDatabase::addApplicationFont(path);
        const QStringList families = id < 0 ? QStringList() : QFontDatabase::applicationFontFamilies(id);
        return families.isEmpty() ? QString() : families.first();
    };
    m_sans = load(QStringLiteral(":/fonts/WeirSans-Regular.otf"));
    load(QStringLiteral(":/fonts/WeirSans-Medium.otf"));
    load(QStringLiteral(":/fonts/WeirSans-SemiBold.otf"));
    m_mono = load(QStringLiteral(":/fonts/WeirMono-Regular.ttf"));
    load(QStringLiteral(":/fonts/WeirMono-Bold.ttf"));
    if (m_sans.isEmpty()) {
        m_sans = QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    }
    if (m_mono.isEmpty()) {
        m_mono = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    }
}

QColor Theme::seriesColor(int index) const {
    const int slot = ((index % kSeriesColours) + kSeriesColours) % kSeriesColours;
    return QColor(tokensOf(m_scheme).series[static_cast<std::size_t>(slot)]);
}

Qt::PenStyle Theme::seriesPen(int index) {
    constexpr Qt::PenStyle kStyles[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine};
    return kStyles[std::min(std::max(index, 0) / kSeriesColours, 2)];
}

QFont Theme::font(FontRole role) const {
    const bool mono = role == FontRole::kMono || role == FontRole::kMonoBold;
    const double scale = m_density == Density::kPresenter ? 1.25 : 1.0;
    double pixels = 13;
    QFont::Weight weight = QFont::Normal;
    switch (role) {
        case FontRole::kBody:
            break;
        case FontRole::kBodyMedium:
            weight = QFont::Medium;
            break;
        case FontRole::kSecondary:
            pixels = 12;
            break;
        case FontRole::kSection:
            weight = QFont::DemiBold;
            break;
        case FontRole::kTitle:
            pixels = 16;
            weight = QFont::DemiBold;
            break;
        case FontRole::kFigure:
            pixels = 22;
            weight = QFont::Medium;
            break;
        case FontRole::kMono:
            pixels = 12;
            break;
        case FontRole::kMonoBold:
            pixels = 12;
            weight = QFont::Bold;
            break;
    }
    QFont result(mono ? m_mono : m_sans);
    result.setFamilies(mono ? QStringList{m_mono, QStringLiteral("JetBrains Mono"), QStringLiteral("monospace")}
                            : QStringList{m_sans, QStringLiteral("Inter"), QStringLiteral("sans-serif")});
    result.setStyleHint(mono ? QFont::Monospace : QFont::SansSerif);
    result.setPixelSize(static_cast<int>(std::floor(pixels * scale + 0.5)));
    result.setWeight(weight);
    result.setHintingPreference(QFont::PreferVerticalHinting);
    return result;
}

QIcon Theme::icon(const QString& name, Tint tint) const {
    return QIcon(new IconEngine(*this, name, tint));
}

QPixmap Theme::pixmap(const QString& name, int size, Tint tint, qreal ratio) const {
    return tintedIcon(name, QSize(size, size), color(tint), ratio);
}

int Theme::px(int pixels) const {
    return m_density == Density::kPresenter ? static_cast<int>(std::lround(pixels * 1.25)) : pixels;
}

int Theme::rowHeight() const {
    switch (m_density) {
        case Density::kCompact:
            return 22;
        case Density::kPresenter:
            return 36;
        case Density::kNormal:
            break;
    }
    return 26;
}

int Theme::controlHeight() const {
    return m_density == Density::kPresenter ? 36 : 28;
}

}  // namespace weir::ui
