import Hummingbird
import NIOCore

/// A request's context that keeps its connection at hand, so that a fault can cut it.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    /// Stripe's bodies are small; WordPress posts may carry a long article.
    var maxUploadSize: Int { 8 * 1024 * 1024 }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// The connection is gone; whatever is returned now reaches nobody.
struct ConnectionCut: Error {}
