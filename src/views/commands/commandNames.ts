/** The commands of this room, known without reading what they do. */
export const viewCommandNames = [
	'keypool.renameKey',
	'keypool.setRole',
	'keypool.setWeight',
	'keypool.setProject',
	'keypool.renameProject',
	'keypool.setAccount',
	'keypool.setTier',
	'keypool.setLimits',
	'keypool.setDailyCap',
	'keypool.moveKeyUp',
	'keypool.moveKeyDown',
	'keypool.toggleKey',
	'keypool.useAgain',
	'keypool.clearRest',
	'keypool.explainKey',
	'keypool.chooseStrategy',
	'keypool.chooseModel',
	'keypool.chooseFallbackModels',
	'keypool.filterKeys',
	'keypool.clearFilter',
	'keypool.resume',
	'keypool.showLog',
	'keypool.openSettings',
] as const;

export type ViewCommand = (typeof viewCommandNames)[number];
