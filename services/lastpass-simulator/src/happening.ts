/**
 * What happens in the company, in the words of LastPass's event log.
 *
 * Actions and the form of `data` are those that clients of `reporting` parse, where there are any; the others are marked
 * as ours. Data never holds a password.
 */
export type Happening = {
  action: string;
  data: string;
  /** Who did it, where that isn't whoever made the call. */
  username?: string;
};

export const accountCreated = (username: string): Happening => ({ action: 'Employee Account Created', data: username });

export const invited = (username: string): Happening => ({ action: 'Employee Invited', data: username });

/** Ours: what LastPass writes of an invitation that is withdrawn isn't on record. */
export const invitationWithdrawn = (username: string): Happening => ({
  action: 'Invitation Withdrawn',
  data: username,
});

export const accountDeleted = (username: string): Happening => ({ action: 'Employee Account Deleted', data: username });

/** Ours: what it writes of someone removed from the company isn't on record. */
export const accountRemoved = (username: string): Happening => ({
  action: 'Employee Removed From Company',
  data: username,
});

export const deactivated = (username: string): Happening => ({ action: 'Deactivated User', data: username });

export const reactivated = (username: string): Happening => ({ action: 'Reactivated User', data: username });

/** Ours: for a full name, attribs or the name at a second factor. */
export const userUpdated = (username: string): Happening => ({ action: 'User Updated', data: username });

/** Ours: an updateemail that waits for the log-in. */
export const usernameChangeRequested = ({ from, to }: { from: string; to: string }): Happening => ({
  action: 'Username Change Requested',
  data: `'${from}' '${to}'`,
});

export const usernameChanged = ({ from, to }: { from: string; to: string }): Happening => ({
  action: 'Username Changed',
  data: `'${from}' '${to}'`,
});

export const passwordChangeRequired = (username: string): Happening => ({
  action: 'Require Password Change',
  data: username,
});

export const multifactorDisabled = (username: string): Happening => ({
  action: 'Disabled Multifactor Authentication',
  data: username,
});

export const groupCreated = (name: string): Happening => ({ action: 'Create Group', data: `'${name}'` });

type Membership = { username: string; group: string };

export const joinedGroup = ({ username, group }: Membership): Happening => ({
  action: 'Adding User to Group',
  data: `${username} - ${group}`,
});

/** The action has been seen, its data hasn't: a membership that ends. */
export const leftGroup = ({ username, group }: Membership): Happening => ({
  action: 'Group Removal',
  data: `${username} - ${group}`,
});

export const folderCreated = (folder: string): Happening => ({ action: 'Created Shared Folder', data: folder });

export const folderDeleted = (folder: string): Happening => ({ action: 'Deleted Shared Folder', data: folder });

export const folderRenamed = ({ from, to }: { from: string; to: string }): Happening => ({
  action: 'Renamed Shared Folder',
  data: `'${from}' '${to}'`,
});

type Access = { folder: string; username: string };

export const folderGained = ({ folder, username }: Access): Happening => ({
  action: 'Add to Shared Folder',
  data: `'${folder}' '${username}'`,
});

export const folderLost = ({ folder, username }: Access): Happening => ({
  action: 'Removed From Shared Folder',
  data: `'${folder}' '${username}'`,
});

export const policyAdded = (policy: string): Happening => ({ action: 'Add Policy', data: policy });

export const policyDeleted = (policy: string): Happening => ({ action: 'Delete Policy', data: policy });

export const loggedIn = (username: string): Happening => ({ action: 'Log in', data: 'lastpass.com', username });

export const loginFailed = (username: string): Happening => ({
  action: 'Failed Login Attempt',
  data: 'lastpass.com',
  username,
});

/** An invitation that its person accepts. */
export const invitationAccepted = (username: string): Happening => ({
  action: 'Created LastPass Account',
  data: username,
  username,
});

export const passwordChanged = (username: string): Happening => ({
  action: 'Master Password Changed',
  data: '',
  username,
});

export const secretRegenerated: Happening = { action: 'Enterprise API Secret Regenerated', data: '' };
