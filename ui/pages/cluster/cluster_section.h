// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"
#include "ui/widgets/pace.h"

class QStackedWidget;
class QVBoxLayout;

namespace weir::ui {

class Banner;
class EmptyState;

/// A part of the cluster page that asks one question again and again. Where it is never answered, a sentence that says
/// why stands in its place; where it was answered once and is not any more, what was known stays below the sentence.
class ClusterSection : public QWidget {
    Q_OBJECT

public:
    /// Asks again at most every `everyMs`.
    ClusterSection(Backend& backend, qint64 everyMs, QWidget* parent);

    /// Asks if it is time to.
    void ask();
    /// Asks now.
    void refresh();
    /// One line for the page's header.
    [[nodiscard]] QString facts() const { return m_facts; }
    virtual void setFilterText(const QString& text) = 0;

Q_SIGNALS:
    void factsChanged();
    void topicWanted(const QString& topic);

protected:
    [[nodiscard]] Backend& backend() const { return m_backend; }
    [[nodiscard]] QVBoxLayout* column() const { return m_column; }
    /// Answers with answered().
    virtual void question() = 0;
    /// True: there is something to show.
    template <class T>
    bool answered(const ClusterResult<T>& answer) {
        m_pace.answered();
        answer.ok() ? showAnswer() : showFailure(QString::fromStdString(answer.error().message));
        return answer.ok();
    }
    void setFacts(const QString& facts);

private:
    void showAnswer();
    void showFailure(const QString& sentence);

    Backend& m_backend;
    Pace m_pace;
    QStackedWidget* m_stack;
    QVBoxLayout* m_column;
    EmptyState* m_instead;
    Banner* m_problem;
    QString m_facts;
    bool m_wasAnswered = false;
};

}  // namespace weir::ui
