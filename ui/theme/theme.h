// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QFont>
#include <QIcon>
#include <QObject>

#include "ui/theme/icon.h"
#include "ui/theme/tokens.h"

namespace weir::ui {

enum class SchemeChoice { kSystem, kDark, kLight, kHighContrast };
/// How much room a row takes. Presenter also enlarges the type, for a projector.
enum class Density { kNormal, kCompact, kPresenter };

enum class FontRole {
    kBody,        // 13 px, the interface
    kBodyMedium,  // 13 px, a label that names something
    kSecondary,   // 12 px, what is said beside
    kSection,     // 13 px semibold, above a part of a page
    kTitle,       // 16 px semibold, of a page
    kFigure,      // 22 px, a number one reads from afar
    kMono,        // 12 px, data; its letters are taller than those of the interface
    kMonoBold
};

/// The look of the whole application: palette, style, fonts, sizes, icons. Made once, right after the QApplication, by
/// whoever made that, and destroyed before it. Everything in it may change while windows are open: widgets that keep
/// something from it (a font, a colour) listen to changed(), which comes after Qt's own palette and font were renewed;
/// widgets that ask while painting need nothing.
///
/// GUI thread only.
class Theme : public QObject {
    Q_OBJECT

public:
    explicit Theme(QApplication& app);
    ~Theme() override;

    /// The theme of this application, found through a property of the QApplication that the constructor set. It must
    /// exist: a widget of Weir cannot be made without one.
    [[nodiscard]] static Theme& of();

    [[nodiscard]] SchemeChoice choice() const { return m_choice; }
    void setChoice(SchemeChoice choice);
    /// What the choice comes to now.
    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    [[nodiscard]] bool isDark() const { return m_scheme != Scheme::kLight; }

    [[nodiscard]] Density density() const { return m_density; }
    void setDensity(Density density);

    /// No fading, sliding or gliding: states change at once.
    [[nodiscard]] bool reduceMotion() const { return m_reduceMotion; }
    void setReduceMotion(bool reduce);

    [[nodiscard]] QColor color(Tint tint) const { return tokensOf(m_scheme)[tint]; }
    /// The colour of a partition, or of the n-th line of a chart; the same on every page. Repeats after ten.
    [[nodiscard]] QColor seriesColor(int index) const;
    /// Solid for the first ten, then dashes, so that 0 and 10 differ.
    [[nodiscard]] static Qt::PenStyle seriesPen(int index);

    [[nodiscard]] QFont font(FontRole role) const;
    [[nodiscard]] QIcon icon(const QString& name, Tint tint = Tint::kTextSecondary) const;
    [[nodiscard]] QPixmap pixmap(const QString& name, int size, Tint tint, qreal ratio) const;

    /// Pixels at normal density, scaled for a projector.
    [[nodiscard]] int px(int pixels) const;
    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] int controlHeight() const;
    static constexpr int kPageMargin = 16;
    static constexpr int kGroupGap = 16;
    static constexpr int kGap = 8;
    static constexpr int kSmallGap = 4;
    static constexpr int kRadius = 6;

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply();
    void loadFonts();
    [[nodiscard]] Scheme resolve() const;

    QApplication& m_app;
    SchemeChoice m_choice = SchemeChoice::kSystem;
    Scheme m_scheme = Scheme::kDark;
    Density m_density = Density::kNormal;
    bool m_reduceMotion = false;
    bool m_systemDark = false;
    bool m_applying = false;
    QString m_sans;
    QString m_mono;
};

}  // namespace weir::ui
