import { configure } from '@testing-library/dom';

// The default of one second is too short on a busy machine; a query that succeeds waits no longer than before.
configure({ asyncUtilTimeout: 15_000 });
