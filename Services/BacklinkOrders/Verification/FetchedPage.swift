import DomainModel

/// A page as it came, with the way it took.
struct FetchedPage: Sendable {
    /// What was asked for.
    var requestedURL: String
    /// What answered, after redirects.
    var finalURL: String
    var status: Int
    var headers: [(name: String, value: String)]
    /// Decompressed.
    var body: [UInt8]
    var redirects: [BacklinkCheck.Redirect] = []
    var milliseconds: Int?

    /// The first header of this name, in lower case.
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// All headers of this name, in lower case.
    func headers(_ name: String) -> [String] { headers.filter { $0.name.lowercased() == name }.map(\.value) }
}

/// What became of a look at an address.
enum FetchOutcome: Sendable {
    /// An answer, whatever its status.
    case page(FetchedPage)
    /// None that can be used.
    case failure(FetchFailure)
}

/// Why there is no answer that can be used.
struct FetchFailure: Sendable {
    /// `unreachable`, `refused` or `blocked`.
    var verdict: LinkVerdict
    /// For a person.
    var detail: String
    /// How far the redirects led.
    var redirects: [BacklinkCheck.Redirect] = []
    var milliseconds: Int?
}
