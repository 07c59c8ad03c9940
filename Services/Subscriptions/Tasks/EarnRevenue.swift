import DomainModel
import JobQueue
import Persistence

/// On the 1st of each zone: what invoices have billed for days that are over by now, wherever they live, becomes revenue,
/// each invoice once.
struct EarnRevenue: JobTask {
    static let name = "earn_revenue"

    let office: Office

    /// Ten thousand invoices at about 10 ms each are 100 s.
    var timeout: Duration { .seconds(900) }

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        var earned = 0
        while true {
            let count = try await office.transaction(context) { tx in
                try await EarnedRevenue.earn(limit: Self.handful, in: tx)
            }
            earned += count
            if count < Self.handful { break }
        }
        try await office.transaction(context) { [earned] tx in
            try await context.complete(result: ["invoices": earned], in: tx)
        }
    }

    /// So many are held at a time: half a second in which nobody else can change them.
    private static let handful = 50
}
