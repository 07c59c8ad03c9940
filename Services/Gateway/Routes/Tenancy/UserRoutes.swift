import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum UserRoutes {
    static let endpoints = [list, create, detail, change, deactivate]

    private static let list = Endpoint.list(
        "users/",
        .members(.admin),
        "listUsers",
        "Users: all for staff, the account's for its admins",
        Resources.users
    )

    private static let detail = Endpoint.detail("users/{id}/", .members(.admin), "getUser", "A user", Resources.users)

    private static let create = Endpoint(
        .post,
        "users/",
        .members(.admin),
        "createUser",
        "Add a user; without a password a link to set one is mailed"
    ) { call in
        let password = call.body["password"]?.string
        // An invited person has no password yet: this one nobody knows.
        let hash = try await call.services.passwords.hash(password ?? SecretToken.random().text)
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            let role = UserRole(rawValue: try call.body.text("role")) ?? .viewer
            try write.identity.mayGrant(role)
            let staffRole = call.body["staff_role"]?.string.flatMap { StaffRole(rawValue: $0) }
            if staffRole != nil, write.identity.staffRole != .admin {
                throw Problem.forbidden("Staff roles are given by staff admins only.")
            }
            try await write.requireRoom(.users, in: account)
            let user = try await Users.create(
                account: account,
                email: try call.body.email("email"),
                name: try call.body.text("name"),
                passwordHash: hash,
                role: role,
                staffRole: staffRole,
                createdBy: write.identity.userID,
                in: write.tx
            )
            if password == nil { try await invite(user.value, write) }
            try await write.audit(
                .created,
                .user(user.value),
                Change(to: role.rawValue, data: ["staff_role": staffRole.map { .string($0.rawValue) } ?? .null])
            )
            return try await write.created(Resources.users, user.id.rawValue, at: "users/")
        }
    }.with {
        $0.planLimit = .users
        $0.body = .named(
            "NewUser",
            .object([
                .required("email", .email), .required("name", .name()), .required("role", .oneOf(UserRole.self)),
                .optional("password", PasswordRoutes.newPassword), .optional("staff_role", .oneOf(StaffRole.self)),
                .optional("account_id", .id, "For staff: whose user. One's own account when left out."),
            ])
        )
        $0.success = .created
        $0.answer = Resources.users.schema
        $0.hasETag = true
    }

    private static func invite(_ user: User, _ write: Write) async throws {
        let token = SecretToken.random(prefix: "pr_")
        try await PasswordResets.create(user: user, token: token.text, validFor: .seconds(7 * 86_400), in: write.tx)
        let services = write.call.services
        try await services.mail.send(
            PasswordLetters.invitation(user, token: token.text, services.configuration),
            to: user,
            in: write.tx
        )
    }

    private static let change = Endpoint(
        .patch,
        "users/{id}/",
        .members(.admin),
        "updateUser",
        "Change a user; holds from the next request"
    ) { call in
        try await call.write { write in
            var user = try await locked(try call.id(), write)
            try await write.checkVersion(Resources.users, user.id.rawValue)
            let before = user.value
            if let name = call.body["name"]?.string { user.name = name }
            if let role = call.body["role"]?.string.flatMap({ UserRole(rawValue: $0) }) {
                try write.identity.mayGrant(role)
                user.role = role
            }
            if call.body.has("staff_role") {
                guard write.identity.staffRole == .admin else {
                    throw Problem.forbidden("Staff roles are given by staff admins only.")
                }
                user.staffRole = call.body["staff_role"]?.string.flatMap { StaffRole(rawValue: $0) }
            }
            if let isActive = call.body["is_active"]?.bool {
                // Who comes back takes a seat again.
                if isActive, !before.isActive { try await write.requireRoom(.users, in: user.accountID) }
                user.isActive = isActive
            }
            try await save(&user, before: before, write)
            return try await write.answer(Resources.users, user.id.rawValue)
        }
    }.with {
        $0.body = .named(
            "UserChange",
            .object([
                .optional("name", .name()), .optional("role", .oneOf(UserRole.self)),
                .optional("staff_role", .nullable(.oneOf(StaffRole.self))), .optional("is_active", .boolean),
            ])
        )
        $0.answer = Resources.users.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static let deactivate = Endpoint(
        .delete,
        "users/{id}/",
        .members(.admin),
        "deactivateUser",
        "Take a user's access away; what the user did stays"
    ) { call in
        try await call.write { write in
            var user = try await locked(try call.id(), write)
            let before = user.value
            user.isActive = false
            try await save(&user, before: before, write)
            return .noContent
        }
    }.with {
        $0.success = .noContent
        $0.problems = [.conflict]
    }

    private static func locked(_ id: Int64, _ write: Write) async throws -> Stored<User> {
        guard let user = try await Users.find(.init(id), for: write.tenant, lock: .forUpdate, in: write.tx) else {
            throw Problem.notFound
        }
        try write.identity.mayGrant(user.role)
        return user
    }

    private static func save(_ user: inout Stored<User>, before: User, _ write: Write) async throws {
        let isOwnAccess =
            before.role != user.role || before.staffRole != user.staffRole || before.isActive != user.isActive
        guard !isOwnAccess || user.id != write.identity.userID else {
            throw Problem.conflict("own-access", "Nobody changes their own role or access: ask another.")
        }
        if before.role == .owner, before.isActive, user.role != .owner || !user.isActive {
            try await requireAnotherOwner(before, write)
        }
        try await Users.save(&user, in: write.tx)
        if before.isActive, !user.isActive {
            try await Sessions.revokeAll(of: user.id, because: .deactivated, in: write.tx)
        }
        if before.role != user.role || before.staffRole != user.staffRole {
            try await write.audit(
                .roleChanged,
                .user(user.value),
                Change(from: before.role.rawValue, to: user.role.rawValue)
            )
        }
        let states = [true: "active", false: "inactive"]
        try await write.audit(
            .updated,
            .user(user.value),
            Change(from: states[before.isActive], to: states[user.isActive])
        )
    }

    /// The account is locked, so that two owners cannot take each other's access away at once.
    private static func requireAnotherOwner(_ user: User, _ write: Write) async throws {
        _ = try await Accounts.find(user.accountID, for: write.tenant, lock: .forUpdate, in: write.tx)
        let others = try await write.tx.query(
            """
            select count(*) from igny8_users
            where account_id = \(user.accountID.rawValue) and role = 'owner' and is_active and id <> \(user.id.rawValue)
            """
        )
        guard try others.first?.decode(0, as: Int.self) ?? 0 > 0 else {
            throw Problem.conflict("last-owner", "An account keeps at least one active owner.")
        }
    }
}

extension Identity {
    /// No one gives, or takes from, a role above their own.
    func mayGrant(_ other: UserRole) throws(Problem) {
        guard isStaff || role.includes(other) else {
            throw .forbidden("A user with the role \(other.rawValue) is beyond the role \(role.rawValue).")
        }
    }
}
