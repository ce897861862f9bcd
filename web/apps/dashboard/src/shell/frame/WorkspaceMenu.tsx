import { Icon, Menu } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { heldWorkspacesQuery, useSwitchWorkspace } from '../../queries/workspaces';
import { texts } from '../../texts';
import { BrandMark } from './Brand';
import { notices } from '../notices/notices';
import { useSession } from '../session';

/** The workspace's name; its menu leads to the others in which this browser is signed in, and to its settings. */
export function WorkspaceMenu() {
  const { workspace } = useSession();
  const trigger = (
    <>
      <BrandMark />
      <span className="side-text cut">{workspace.name}</span>
      <Icon name="up-down" />
    </>
  );
  return (
    <Menu
      label={texts.shell.workspace(workspace.name)}
      className="side-button side-workspace"
      trigger={trigger}
    >
      <Workspaces />
      <hr className="menu-rule" />
      <Link to="/settings/workspace" className="menu-item">
        <Icon name="settings" />
        {texts.shell.places.settings}
      </Link>
    </Menu>
  );
}

function Workspaces() {
  const { workspace: here } = useSession();
  const { data } = useQuery(heldWorkspacesQuery());
  const change = useSwitchWorkspace();
  const others = data?.items.filter(({ workspace }) => workspace.id !== here.id) ?? [];
  return (
    <>
      <p className="menu-note small cut">{here.name}</p>
      {others.map(({ workspace, member }) => (
        <button
          key={workspace.id}
          type="button"
          className="menu-item"
          disabled={change.isPending}
          onClick={() => {
            void notices.doNow().then(() => {
              change.mutate(workspace.id, {
                onError: ({ problem }) => {
                  notices.say(problem.detail);
                },
              });
            });
          }}
        >
          <Icon name="right" />
          <span className="cut">
            <bdi>{workspace.name}</bdi> <span className="small">{member.name}</span>
          </span>
        </button>
      ))}
      {others.length === 0 ? <p className="menu-note small">{texts.shell.onlyWorkspace}</p> : null}
    </>
  );
}
