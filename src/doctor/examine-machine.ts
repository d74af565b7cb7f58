/** Node, the disk and its file system. */
import { realpathSync } from 'node:fs';
import type { Finding } from '../cli/host.ts';
import { ok, warning } from './finding.ts';
import { type Machine, mountOf } from './machine.ts';

/** As `engines` in package.json has it. */
const leastNode = [20, 19] as const;
const littleBytes = 200 * 1024 * 1024;
const hardlyAnyBytes = 20 * 1024 * 1024;

/** Without what appending relies on: O_APPEND, fdatasync, inodes and one page cache for all who write. */
const unfit =
  /^(?:nfs\d?|cifs|smb\d?|smbfs|smb3|9p|v9fs|virtiofs|drvfs|vboxsf|vmhgfs|prl_fs|afpfs|webdav|davfs|afs|coda|ceph|lustre|gpfs|beegfs|glusterfs|ncpfs|fakeowner|fuse\..*|macfuse|osxfuse|fuse\.?osxfs|grpcfuse)$/;
/** On a local disk, by way of FUSE. */
const local = /^fuse\.(?:fuse-overlayfs|gocryptfs|encfs|cryfs|ntfs-3g|exfat|lxcfs)$/;

const synchronised: readonly (readonly [RegExp, string])[] = [
  [/\/Dropbox(?: \([^/]*\))?\//, 'Dropbox'],
  [/\/OneDrive(?: - [^/]*)?\//, 'OneDrive'],
  [/\/Library\/Mobile Documents\//, 'iCloud Drive'],
  [/\/Library\/CloudStorage\//, 'a cloud provider'],
  [/\/(?:Google Drive|GoogleDrive|My Drive)\//, 'Google Drive'],
  [/\/(?:Nextcloud|ownCloud|pCloudDrive|Sync|Syncthing)\//, 'a cloud or another machine'],
];

export async function examineMachine(folder: string, machine: Machine): Promise<Finding[]> {
  return [examineNode(machine), await examineDisk(folder, machine), examineSpace(folder, machine)];
}

function examineNode({ node }: Machine): Finding {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const isOld = major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1]);
  if (!isOld) return ok('node', `Node ${node}`);
  const next = `Install Node ${leastNode.join('.')} or later, and start the clients again.`;
  return { check: 'node', status: 'problem', detail: `Node ${node} is too old`, next, code: null };
}

async function examineDisk(folder: string, machine: Machine): Promise<Finding> {
  const mount = mountOf(folder, await machine.mounts());
  const next = 'Keep the federation on a local disk (--dir or FEDERATION_DIR), or on PostgreSQL.';
  if (mount !== null && unfit.test(mount.type) && !local.test(mount.type)) {
    const detail = `${folder} is on ${mount.type} (mounted at ${mount.place}), where writes of several processes can be lost`;
    return { check: 'disk', status: 'problem', detail, next, code: null };
  }
  const cloud = synchronised.find(([pattern]) => pattern.test(`${realpathSync(folder)}/`));
  if (cloud !== undefined) {
    return warning('disk', `${folder} is synchronised with ${cloud[1]}, which may replace files that are in use`, next);
  }
  return ok('disk', mount === null ? 'local' : `${mount.type} at ${mount.place}`);
}

function examineSpace(folder: string, machine: Machine): Finding {
  const free = machine.freeBytes(folder);
  if (free === null) return ok('space', 'unknown');
  const detail = `${Math.floor(free / 1024 / 1024)} MB free`;
  if (free >= littleBytes) return ok('space', detail);
  const next =
    'Free some space; on a full disk commands are refused. Old stores in replaced/ and lost/ may be deleted.';
  if (free >= hardlyAnyBytes) return warning('space', detail, next);
  return { check: 'space', status: 'problem', detail, next, code: null };
}
