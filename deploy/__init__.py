"""What runs Đôn Đốc: containers, and the same processes without containers."""
