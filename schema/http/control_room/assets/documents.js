// What the page asks of the public API: no field that a resident's app could not have too.

// Nothing in these depends on who asks (viewerCan…): the server then executes an event once for all screens.
const ORDER = `fragment Order on WorkOrder {
  id version number summary status priority createdAt updatedAt dispatchState dispatchReason escalatedAt
  assignee { id name } building { id name } unit { id number } ticket { id }
}`;
// Of a ticket, or of an order that has none.
const CLOCK = "fragment Clock on SlaClock { id version kind state dueAt ticket { id } workOrder { id } }";
const ALARM = `fragment Alarm on Alarm {
  id version type severity summary count firstAt lastAt active acknowledged acknowledgedAt acknowledgedBy { id name }
  escalationLevel building { id name } camera { id name } device { id name } workOrder { id number status }
}`;
const PASSAGE = `fragment Passage on AccessEvent {
  id occurredAt direction method result reason gate { id name } person { id name }
}`;
const ERRORS = "userErrors { code message field }";

export const MOST_ROWS = 200; // of each list in a snapshot
export const PASSAGES = 40;
const MOST_DONE = 60;
const MOST_HELD = 50;
const MOST_CLOCKS = 400;
const MOST_STAFF = 100;

export const SIGN_IN = `mutation SignIn($input: AccountSignInInput!) {
  accountSignIn(input: $input) { token refreshToken expiresAt ${ERRORS} }
}`;
export const REFRESH = `mutation Refresh($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { token refreshToken expiresAt ${ERRORS} }
}`;
export const SIGN_OUT = `mutation SignOut { accountSignOut { ${ERRORS} } }`;
export const PLACES = "query Places { properties(first: 100) { nodes { id name timeZone } } }";
export const LIVE_CURSOR = "query LiveCursor($property: ID!) { property(id: $property) { id liveCursor } }";

// liveCursor is read before any other statement of the operation: what changes afterwards comes as an event.
export const SNAPSHOT = `query Snapshot($property: ID!) {
  property(id: $property) { id name timeZone liveCursor }
  viewer { permissions(propertyId: $property) }
  workOrders(propertyId: $property, order: LAST_CHANGED, first: ${MOST_ROWS}, filter: {
    status: [CREATED, ASSIGNED, ACCEPTED, EN_ROUTE, IN_PROGRESS, WAITING_FOR_PARTS, REJECTED]
  }) { nodes { ...Order } pageInfo { hasNextPage } }
  done: workOrders(propertyId: $property, order: LAST_CHANGED, first: ${MOST_DONE}, filter: { status: [DONE] }) {
    nodes { ...Order } pageInfo { hasNextPage }
  }
  dispatchQueue(propertyId: $property, first: ${MOST_HELD}) { nodes { ...Order } }
  slaClocks(propertyId: $property, first: ${MOST_CLOCKS}) { nodes { ...Clock } pageInfo { hasNextPage } }
  workOrderBoard(propertyId: $property) { columns { status count } }
  alarms(propertyId: $property, order: MOST_SEVERE, first: 100, filter: { active: true }) {
    nodes { ...Alarm } pageInfo { hasNextPage }
  }
  accessEvents(propertyId: $property, first: ${PASSAGES}) { nodes { ...Passage } }
}
${ORDER}
${CLOCK}
${ALARM}
${PASSAGE}`;

// A camera's still is the newest photo of its newest alarms.
export const CAMERAS = `query Cameras($property: ID!) {
  cameras(propertyId: $property, filter: { archived: false }, first: 60) { nodes {
    id name location connection
    alarms(last: 3) { nodes { id photos(last: 1) { nodes { id url thumbnailUrl createdAt } } } }
  } }
}`;

// Who is on shift changes by the clock, too, without anybody's tap.
export const CREW = `query Crew($property: ID!) {
  presence(propertyId: $property) { onDuty present missing offRoster }
  staffOnDuty(propertyId: $property, first: ${MOST_STAFF}) { nodes { id endsAt staff { id name title } shift { id name } } }
  staffPresent(propertyId: $property, first: ${MOST_STAFF}) { nodes {
    id checkedInAt lateMinutes staff { id name title } shiftAssignment { id }
  } }
}`;

// Why somebody has an order, or nobody: asked for when somebody wants to know.
export const STORY = `query Story($id: ID!) {
  workOrder(id: $id) { ...Order
    decisions(last: 6) { nodes {
      id outcome text score occurredAt staff { id name } decidedBy { id name }
      candidates { score excluded text staff { id name } }
    } }
  }
}
${ORDER}`;

export const ACKNOWLEDGE = `mutation Acknowledge($id: ID!, $input: AlarmAcknowledgeInput!) {
  alarmAcknowledge(id: $id, input: $input) { alarm { ...Alarm } ${ERRORS} }
}
${ALARM}`;

const AFTER = "($property: ID!, $after: Cursor)";
const OF = "(propertyId: $property, after: $after)";

const PRESENCE = "{ cursor change attendance { id } }";

/** The streams by the name of their lists in the store. */
export const STREAMS = {
  alarm: `subscription Alarms${AFTER} { event: alarmChanged${OF} { cursor version change alarm { ...Alarm } } }\n${ALARM}`,
  order: `subscription Orders${AFTER} {
    event: workOrderChanged${OF} { cursor version change fromStatus workOrder { ...Order } }
  }\n${ORDER}`,
  clock: `subscription Clocks${AFTER} { event: slaClockChanged${OF} { cursor version change slaClock { ...Clock } } }\n${CLOCK}`,
  passage: `subscription Passages${AFTER} { event: accessEventRecorded${OF} { cursor accessEvent { ...Passage } } }\n${PASSAGE}`,
  presence: `subscription Presence${AFTER} { event: staffPresenceChanged${OF} ${PRESENCE} }`,
};
