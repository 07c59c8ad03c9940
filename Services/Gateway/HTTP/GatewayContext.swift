import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// What travels with one request.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: String
    let notes = RequestNotes()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}

/// What is learned about a request on its way in and told in the log on its way out.
final class RequestNotes: Sendable {
    private let notes = NIOLockedValueBox<(account: Int64?, principal: String?)>((nil, nil))

    var account: Int64? { notes.withLockedValue { $0.account } }
    var principal: String? { notes.withLockedValue { $0.principal } }

    func identified(account: Int64?, principal: String) {
        notes.withLockedValue { $0 = (account, principal) }
    }
}
