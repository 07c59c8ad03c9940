import DomainModel
import ReportDesign

/// Somebody who can write the first page's words: a language model.
protocol SummaryWriter: Sendable {
    /// As it goes into the report: `claude-haiku-4-5`.
    var name: String { get }
    /// The words, as they came: nothing of them is checked yet.
    func summary(of brief: SummaryBrief) async throws -> ReportSummary
}

/// The words of a report's first page: a model's where there is one and its text says nothing that the facts do not, else
/// those made of the facts (spec 7). Never fails, so that no report waits for a model.
enum SummaryDesk {
    /// The words, with the reason where a model's were not taken.
    static func summary(of data: ReportData, by writer: (any SummaryWriter)?) async -> ReportSummary {
        var plain = SummaryText.summary(of: data)
        guard let writer else { return plain }
        let brief = SummaryBrief(data)
        do {
            var written = try await writer.summary(of: brief)
            written.writer = writer.name
            guard let refusal = SummaryCheck.refusal(of: written, brief) else { return written }
            plain.refusal = refusal
        } catch let error as LanguageModelError {
            plain.refusal = error.description
        } catch {
            plain.refusal = "The model could not be asked: \(error)."
        }
        return plain
    }
}

/// Why a model gave no text.
enum LanguageModelError: Error, Equatable, CustomStringConvertible {
    case unreachable(String)
    case refused(status: Int)
    /// It stopped before the end, or would not answer.
    case unfinished(String)
    case garbage

    var description: String {
        switch self {
        case .unreachable(let reason): "The model could not be reached: \(reason)."
        case .refused(let status): "The model's provider answered \(status)."
        case .unfinished(let reason): "The model did not finish: \(reason)."
        case .garbage: "The model's answer could not be read."
        }
    }
}
