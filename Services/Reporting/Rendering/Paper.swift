import DomainModel
import Foundation

/// One document as the renderer takes it (its README names every field).
struct Paper: Sendable {
    /// What `asset:<name>` means in the HTML and the style sheets.
    struct Asset: Sendable {
        let name: String
        let type: String
        let bytes: [UInt8]
    }

    var html: String
    var styleSheets: [String]
    var title: String
    var language: String
    var author: String
    /// The document's own time, never now: the bytes depend on it.
    var created: Date
    var assets: [Asset] = []
}

/// A finished document.
struct PDF: Sendable {
    let bytes: [UInt8]
    let hash: ContentHash
    let pages: Int
    let cpuMilliseconds: Int
    let wallMilliseconds: Int
    let peakMemory: Int
    /// The renderer's remarks for whoever wrote the template.
    let warnings: [String]
}

/// Why there is no document.
enum RenderError: Error, Sendable, CustomStringConvertible {
    /// The document is at fault, and will be each time; a sentence for whoever wrote it.
    case refused(kind: String, String)
    /// A limit was reached, or the document's process died: once more, then no.
    case exhausted(kind: String, String)
    /// The renderer itself is gone: killed, or it did not answer in time.
    case lost(String)

    var description: String {
        switch self {
        case .refused(_, let message), .exhausted(_, let message): message
        case .lost(let reason): "The renderer is gone: \(reason)"
        }
    }
}
