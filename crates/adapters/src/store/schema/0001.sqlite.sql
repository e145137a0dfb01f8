CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END;
CREATE TRIGGER records_are_never_deleted BEFORE DELETE ON records
BEGIN
    SELECT RAISE(ABORT, 'audit records are never deleted');
END;
-- INSERT OR REPLACE would delete a row without asking the trigger above.
CREATE TRIGGER records_are_never_replaced BEFORE INSERT ON records
WHEN EXISTS (SELECT 1 FROM records WHERE seq >= NEW.seq OR hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'audit records are never replaced');
END;
