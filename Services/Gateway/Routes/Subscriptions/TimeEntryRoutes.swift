import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

enum TimeEntryRoutes {
    static let endpoints = [list, create, detail, change, delete]

    private static let list = Endpoint.list(
        "services/time-entries/",
        .staff,
        "listTimeEntries",
        "The team's hours",
        Resources.timeEntries
    )

    private static let detail = Endpoint.detail(
        "services/time-entries/{id}/",
        .staff,
        "getTimeEntry",
        "A time entry",
        Resources.timeEntries
    )

    private static let create = Endpoint(
        .post,
        "services/time-entries/",
        .staff,
        "createTimeEntry",
        "Note minutes spent on a subscription"
    ) { call in
        let date = try day(call.body)
        return try await call.write { write in
            guard let user = write.identity.userID else { throw Problem.forbidden("Hours are a person's.") }
            let entry = try await TimeEntries.create(
                subscription: .init(try call.body.number("subscription_id")),
                staff: user,
                minutes: Int(try call.body.number("minutes")),
                date: date,
                note: call.body["note"]?.string ?? "",
                createdBy: user,
                for: write.tenant,
                in: write.tx
            )
            guard let entry else { throw Problem.invalid("subscription_id", "the id of a managed subscription") }
            try await write.audit(.created, .timeEntry(entry.value))
            return try await write.created(Resources.timeEntries, entry.id.rawValue, at: "services/time-entries/")
        }
    }.with {
        $0.body = .named(
            "NewTimeEntry",
            .object([
                .required("subscription_id", .id), .required("minutes", .integer(1...1440)),
                .required("worked_on", .day), .optional("note", .text(max: 2000)),
            ])
        )
        $0.success = .created
        $0.answer = Resources.timeEntries.schema
        $0.hasETag = true
    }

    private static let change = Endpoint(
        .patch,
        "services/time-entries/{id}/",
        .staff,
        "updateTimeEntry",
        "Correct an entry; others' entries are for staff admins"
    ) { call in
        try await call.write { write in
            var entry = try await own(.init(try call.id()), write)
            try await write.checkVersion(Resources.timeEntries, entry.id.rawValue)
            if let minutes = call.body["minutes"]?.integer { entry.minutes = Int(minutes) }
            if call.body.has("worked_on") { entry.date = try day(call.body) }
            if let note = call.body["note"]?.string { entry.note = note }
            try await TimeEntries.save(&entry, in: write.tx)
            try await write.audit(.updated, .timeEntry(entry.value))
            return try await write.answer(Resources.timeEntries, entry.id.rawValue)
        }
    }.with {
        $0.body = .named(
            "TimeEntryChange",
            .object([
                .optional("minutes", .integer(1...1440)), .optional("worked_on", .day),
                .optional("note", .text(max: 2000)),
            ])
        )
        $0.answer = Resources.timeEntries.schema
        $0.hasETag = true
    }

    private static let delete = Endpoint(
        .delete,
        "services/time-entries/{id}/",
        .staff,
        "deleteTimeEntry",
        "Delete an entry"
    ) { call in
        try await call.write { write in
            let entry = try await own(.init(try call.id()), write)
            try await TimeEntries.delete(entry.id, for: write.tenant, in: write.tx)
            try await write.audit(.deleted, .timeEntry(entry.value))
            return .noContent
        }
    }.with { $0.success = .noContent }

    private static func own(_ id: TimeEntry.ID, _ write: Write) async throws -> Stored<TimeEntry> {
        guard let entry = try await TimeEntries.find(id, for: write.tenant, in: write.tx) else {
            throw Problem.notFound
        }
        guard entry.staffID == write.identity.userID || write.identity.staffRole == .admin else {
            throw Problem.forbidden("This entry is somebody else's.")
        }
        return entry
    }

    private static func day(_ body: JSON) throws(Problem) -> CalendarDay {
        guard let day = CalendarDay(try body.text("worked_on")) else {
            throw .invalid("worked_on", TextFormat.day.expected)
        }
        return day
    }
}

extension Subject {
    fileprivate static func timeEntry(_ entry: TimeEntry) -> Subject {
        Subject("time_entry", entry.id.rawValue, account: entry.accountID, subscription: entry.subscriptionID)
    }
}
