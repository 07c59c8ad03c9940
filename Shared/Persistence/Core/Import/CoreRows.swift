public import DomainModel
public import Postgres

/// Writes rows of the core, a batch in one statement.
public enum CoreRows {
    /// What a batch has done.
    public struct Outcome: Sendable {
        /// Written for the first time.
        public let new: Int
        /// Known before, or come twice.
        public let known: Int
        /// Refused, by what they name.
        public let faults: [CoreRowFault]
    }

    /// Writes rows by their natural key: what is known is renewed, what names nothing that there is is refused. Of several rows
    /// of one key the last counts.
    /// - Parameter account: whose rows alone may be among them; nil is everybody's.
    public static func upsert(
        _ rows: [CoreRow],
        of kind: CoreKind,
        account: Account.ID?,
        in tx: PostgresTransaction
    ) async throws -> Outcome {
        let row = try await tx.query(statement(rows, kind, account)).only()
        let faults = try row.json("faults", as: [Fault].self)
        let (new, known): (Int, Int) = (try row.decode("new"), try row.decode("known"))
        let repeated = rows.count - faults.count - new - known
        return Outcome(
            new: new,
            known: known + repeated,
            faults: faults.map { CoreRowFault(line: $0.line, field: $0.field, message: $0.message) }
        )
    }

    private struct Fault: Decodable {
        let line: Int
        let field: String
        let message: String
    }

    // Names of tables, columns and fields are our own (CoreKinds.swift); values are bound.
    private static func statement(_ rows: [CoreRow], _ kind: CoreKind, _ account: Account.ID?) -> SQL {
        let fields = CoreKind.home + kind.fields
        var given: SQL = "with given as (select * from unnest(\(rows.map(\.line))"
        for field in fields { given += ", \(rows.map { $0.values[field.name] })" }
        given += SQL(unsafeRaw: ") as given (line, \(fields.map(\.name).joined(separator: ", ")))")

        let joins = kind.references.map { reference in
            "left join lateral (\(reference.query)) found_\(reference.column) on true"
        }
        let found = kind.references.map { ", found_\($0.column).id as found_\($0.column)" }.joined()
        let missing = kind.references.map { reference in
            let told = reference.isOptional ? "\(reference.field) is not null and " : ""
            return """
                when \(told)found_\(reference.column) is null
                    then json_build_object('line', line, 'field', '\(reference.field)', 'message',
                        'the site has nothing of this name')
                """
        }
        let written = kind.fields.filter { $0.column != nil }
        let links = kind.references.filter(\.isWritten)
        let columns =
            ["account_id", "site_id"] + links.map(\.column) + written.compactMap(\.column) + kind.always.map(\.column)
        let values =
            ["entry.home_account", "entry.home_id"]
            + links.map { reference in
                kind.old != nil && reference.isOptional
                    ? "coalesce(entry.found_\(reference.column), old.\(reference.column))"
                    : "entry.found_\(reference.column)"
            }
            + written.map { field in
                let kept = kind.old == nil ? "" : "old.\(field.column ?? field.name), "
                return "coalesce(\(field.value(of: "entry")), \(kept)\(field.fallback))"
            } + kind.always.map(\.value)
        let changed = (columns.dropFirst(2)).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let old = kind.old.map { "left join \(kind.table) old on old.site_id = entry.home_id and \($0)" } ?? ""
        let bound: SQL = account.map { " and s.account_id = \($0.rawValue)" } ?? ""
        return given
            + """
            ), placed as (
                select given.*, concat_ws('|', coalesce(site_id, ''), coalesce(account_id, ''), coalesce(lower(site), ''))
                    as place from given
            ), asked as (
                select distinct place, site_id::bigint, account_id::bigint, lower(site) as site from placed
            ), home as (
                select asked.place, s.id, s.account_id from asked
                join igny8_sites s on s.id = asked.site_id and s.domain = coalesce(asked.site, s.domain)
                where not s.is_deleted and s.account_id = coalesce(asked.account_id, s.account_id)\(fragment: bound)
                union all
                select asked.place, s.id, s.account_id from asked join igny8_sites s on s.domain = asked.site
                where asked.site_id is null and not s.is_deleted
                    and s.account_id = coalesce(asked.account_id, s.account_id)\(fragment: bound)
            ), housed as (
                select place, min(id) as home_id, min(account_id) as home_account, count(*) as homes from home group by place
            ), entry as (
                select placed.*, housed.home_id, housed.home_account, coalesce(housed.homes, 0) as homes
                from placed left join housed using (place)
            ), resolved as (
                select entry.*\(unsafeRaw: found) from entry \(unsafeRaw: joins.joined(separator: "\n"))
            ), judged as (
                select resolved.*, case
                    when homes = 0 then json_build_object('line', line, 'field', 'site', 'message',
                        'there is no such site of the account')
                    when homes > 1 then json_build_object('line', line, 'field', 'site', 'message',
                        'several accounts have a site of this domain: name the account_id or the site_id')
                    \(unsafeRaw: missing.joined(separator: "\n"))
                    end as fault
                from resolved
            ), chosen as (
                select distinct on (\(unsafeRaw: kind.identity)) * from judged
                where fault is null order by \(unsafeRaw: kind.identity), line desc
            ), written as (
                insert into \(unsafeRaw: kind.table) (\(unsafeRaw: columns.joined(separator: ", ")))
                select \(unsafeRaw: values.joined(separator: ", "))
                from chosen entry \(unsafeRaw: old) order by entry.line
                on conflict \(unsafeRaw: kind.conflict) do update set \(unsafeRaw: changed)
                returning xmax = 0 as is_new
            )
            select (select count(*) from written where is_new) as new, (select count(*) from written where not is_new) as known,
                (select coalesce(json_agg(fault order by line), '[]') from judged where fault is not null)::jsonb as faults
            """
    }
}
