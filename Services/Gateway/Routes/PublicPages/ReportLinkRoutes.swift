import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// The links in mails whose report was too large to be attached.
enum ReportLinkRoutes {
    static let endpoints = [open]

    private static let open = Endpoint(
        .get,
        "/r/{token}",
        .public,
        "openReportLink",
        "The PDF that a mail was about, just as it was then, for two weeks"
    ) { call in
        let token = try call.parameter("token")
        let opened = try await call.services.store.transaction(
            as: .system(reason: "a link from a mail"),
            actor: "public"
        ) { tx in try await ReportFiles.open(token, in: tx) }
        guard let opened, try await call.isRightDomain(opened.domain) else { throw Problem.notFound }
        guard !opened.isExpired else {
            throw Problem(
                .gone,
                "link-expired",
                "This link opens no more",
                "Its time is over. Ask whoever sent it for a new one."
            )
        }
        return try await call.pass(opened.file)
    }.with {
        $0.mediaType = "application/pdf"
        $0.isPage = true
        $0.hasETag = true
        $0.alternatives = [.partialContent: nil]
        $0.problems = [.gone, .rangeNotSatisfiable]
        $0.limit = RateLimit(rate: 1, burst: 60)
    }
}
