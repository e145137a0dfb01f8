//! Is this object healthy? One file per kind; the words are those of kstatus.
