// The SQL of the Node peers: postgres.js, prepared statements, one pool. Columns come in camel case.
import postgres from "postgres";

const sql = postgres(process.env.DATABASE_URL, { max: Number(process.env.POOL), transform: postgres.camel });

// One batched read by key: rows in the order of the keys, or lists of rows.
const one = (keys, rows) => {
  const found = new Map(rows.map((row) => [row.id, row]));
  return keys.map((key) => found.get(key) ?? null);
};
const many = (keys, rows, via) => {
  const found = new Map(keys.map((key) => [key, []]));
  for (const row of rows) found.get(row[via]).push(row);
  return keys.map((key) => found.get(key));
};

export const properties = async (ids) => one(ids, await sql`SELECT id, name FROM property WHERE id = ANY(${ids}::uuid[])`);
export const people = async (ids) => one(ids, await sql`SELECT id, name FROM person WHERE id = ANY(${ids}::uuid[])`);
export const unitsById = async (ids) =>
  one(ids, await sql`SELECT id, number, floor, status FROM unit WHERE id = ANY(${ids}::uuid[])`);
export const occupancies = async (units) =>
  many(units, await sql`SELECT kind, unit_id, person_id FROM occupancy WHERE unit_id = ANY(${units}::uuid[]) ORDER BY id`, "unitId");
export const bills = async (units, last) =>
  many(
    units,
    await sql`SELECT b.* FROM unnest(${units}::uuid[]) AS u (id), LATERAL (
      SELECT id, unit_id, number, period_from::text, due_on::text, status, amount::int FROM bill
      WHERE unit_id = u.id ORDER BY bill.id DESC LIMIT ${last}) b`,
    "unitId",
  );
export const lines = async (ids) =>
  many(ids, await sql`SELECT bill_id, description, amount::int FROM bill_line WHERE bill_id = ANY(${ids}::uuid[]) ORDER BY id`, "billId");

const COLUMNS = ["id", "number", "kind", "category", "text", "status", "priority", "appointment_at", "created_at",
  "updated_at", "property_id", "unit_id", "reporter_id"];

export const ticket = async (id) => (await sql`SELECT ${sql(COLUMNS)} FROM ticket WHERE id = ${id}`)[0] ?? null;
export const tickets = (property, first) =>
  sql`SELECT ${sql(COLUMNS)} FROM ticket WHERE property_id = ${property} ORDER BY id DESC LIMIT ${first}`;
export const units = (property, first) =>
  sql`SELECT id, number, floor, status FROM unit WHERE property_id = ${property} ORDER BY id LIMIT ${first}`;
export const accessEvents = (gate, after, first) =>
  sql`SELECT id, direction, method, result, reason, occurred_at FROM access_event
    WHERE gate_id = ${gate} AND id > ${after} ORDER BY id LIMIT ${first}`;

// A ticket and its work order, in one transaction.
export const raise = ({ propertyId, unitId, category, text }) =>
  sql.begin(async (tx) => {
    const [raised] = await tx`
      INSERT INTO ticket (id, organization_id, number, kind, category, text, status, priority, building_id, property_id,
        unit_id, created_at, updated_at, version)
      SELECT uuidv7(), organization_id, 'B' || nextval('peer_number'), 'REPAIR', ${category}, ${text}, 'OPEN', 'NORMAL',
        building_id, property_id, id, now(), now(), 1 FROM unit WHERE id = ${unitId} AND property_id = ${propertyId}
      RETURNING *`;
    await tx`
      INSERT INTO work_order (id, organization_id, number, summary, status, priority, building_id, property_id, ticket_id,
        unit_id, created_at, updated_at, version)
      VALUES (uuidv7(), ${raised.organizationId}, ${raised.number}, ${category}, 'CREATED', 'NORMAL', ${raised.buildingId},
        ${raised.propertyId}, ${raised.id}, ${raised.unitId}, now(), now(), 1)`;
    return raised;
  });
