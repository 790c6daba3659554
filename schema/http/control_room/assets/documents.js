// What the page asks of the public API: no field that a resident's app could not have too.

// Nothing in these depends on who asks (viewerCan…): the server then executes an event once for all screens.
const ORDER = `fragment Order on WorkOrder {
  id version number summary status priority createdAt updatedAt assignee { id name } building { id name } unit { id number }
}`;
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
  workOrderBoard(propertyId: $property) { columns { status count } }
  alarms(propertyId: $property, order: MOST_SEVERE, first: 100, filter: { active: true }) {
    nodes { ...Alarm } pageInfo { hasNextPage }
  }
  accessEvents(propertyId: $property, first: ${PASSAGES}) { nodes { ...Passage } }
}
${ORDER}
${ALARM}
${PASSAGE}`;

// A camera's still is the newest photo of its newest alarms.
export const CAMERAS = `query Cameras($property: ID!) {
  cameras(propertyId: $property, filter: { archived: false }, first: 60) { nodes {
    id name location connection
    alarms(last: 3) { nodes { id photos(last: 1) { nodes { id url thumbnailUrl createdAt } } } }
  } }
}`;

export const ACKNOWLEDGE = `mutation Acknowledge($id: ID!, $input: AlarmAcknowledgeInput!) {
  alarmAcknowledge(id: $id, input: $input) { alarm { ...Alarm } ${ERRORS} }
}
${ALARM}`;

const AFTER = "($property: ID!, $after: Cursor)";
const OF = "(propertyId: $property, after: $after)";

/** The streams by the name of their lists in the store. */
export const STREAMS = {
  alarm: `subscription Alarms${AFTER} { event: alarmChanged${OF} { cursor version change alarm { ...Alarm } } }\n${ALARM}`,
  order: `subscription Orders${AFTER} { event: workOrderChanged${OF} { cursor version fromStatus workOrder { ...Order } } }\n${ORDER}`,
  passage: `subscription Passages${AFTER} { event: accessEventRecorded${OF} { cursor accessEvent { ...Passage } } }\n${PASSAGE}`,
};
